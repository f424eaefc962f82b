"""Sheets and films of what training reads and retrieval finds."""

import mmdebias.needs_mmaction2  # noqa: F401

from .mask_sheet import draw_mask_comparison, draw_mask_sheet
from .retrieval_sheet import draw_retrieval_sheet
from .view_sheet import draw_view_sheet, write_view_film

__all__ = [
    'draw_mask_comparison',
    'draw_mask_sheet',
    'draw_retrieval_sheet',
    'draw_view_sheet',
    'write_view_film',
]
