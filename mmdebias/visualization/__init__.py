"""Pictures."""

from .mask_sheet import draw_mask_sheet

__all__ = ['draw_mask_sheet']
