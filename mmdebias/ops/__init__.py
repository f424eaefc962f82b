"""The mathematics: pure tensor functions, torch only."""

from .clips import check_clips, to_unit_float
from .foreground import fame_mask, merge
from .losses import contrastive_logits, info_nce

__all__ = [
    'check_clips',
    'contrastive_logits',
    'fame_mask',
    'info_nce',
    'merge',
    'to_unit_float',
]
