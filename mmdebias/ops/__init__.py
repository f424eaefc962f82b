"""The mathematics: pure tensor functions, torch only."""

from .clips import check_clips, to_unit_float
from .foreground import fame_mask, merge
from .losses import contrastive_logits, info_nce, temporal_consistency
from .pieces import cut_pieces, rotate
from .static_frame import add_static_frame, blend, cut_mix

__all__ = [
    'add_static_frame',
    'blend',
    'check_clips',
    'contrastive_logits',
    'cut_mix',
    'cut_pieces',
    'fame_mask',
    'info_nce',
    'merge',
    'rotate',
    'temporal_consistency',
    'to_unit_float',
]
