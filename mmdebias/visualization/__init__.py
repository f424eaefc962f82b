"""Pictures."""

from .gain_plot import GainPanel, draw_gains
from .heat import draw_heat_sheet, overlay, write_heat_film
from .kernel_violins import draw_kernel_violins
from .mask_sheet import draw_mask_comparison, draw_mask_sheet
from .response_curve import draw_response_curve
from .retrieval_sheet import draw_retrieval_sheet
from .view_sheet import draw_view_sheet, write_view_film

__all__ = [
    'GainPanel',
    'draw_gains',
    'draw_heat_sheet',
    'draw_kernel_violins',
    'draw_mask_comparison',
    'draw_mask_sheet',
    'draw_response_curve',
    'draw_retrieval_sheet',
    'draw_view_sheet',
    'overlay',
    'write_heat_film',
    'write_view_film',
]
