"""Pictures."""

from .mask_sheet import draw_mask_comparison, draw_mask_sheet
from .view_sheet import draw_view_sheet, write_view_film

__all__ = ['draw_mask_comparison', 'draw_mask_sheet', 'draw_view_sheet', 'write_view_film']
