"""The mathematics: pure tensor functions, torch only."""

from .camera_motion import camera_motion
from .clips import check_clips, to_unit_float
from .foreground import fame_mask, gauss_mask, grid_mask, merge, seed_mask
from .losses import contrastive_logits, info_nce

__all__ = [
    'camera_motion',
    'check_clips',
    'contrastive_logits',
    'fame_mask',
    'gauss_mask',
    'grid_mask',
    'info_nce',
    'merge',
    'seed_mask',
    'to_unit_float',
]
