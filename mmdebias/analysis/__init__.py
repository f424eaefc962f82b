"""The papers' figures, for any checkpoints."""

from .activations import activation_maps, feature_maps
from .class_maps import ClassMaps, classifier_with_gradients
from .gain_plot import GainPanel, draw_gains
from .heat import draw_heat_sheet, overlay, write_heat_film
from .kernel_violins import draw_kernel_violins
from .response_curve import draw_response_curve
from .static_gain import Correlation, correlate, per_class_accuracy, relative_gain
from .temporal_kernels import temporal_kernels
from .windows import Windows, read_windows, sampling_of, window_pipeline

__all__ = [
    'ClassMaps',
    'Correlation',
    'GainPanel',
    'Windows',
    'activation_maps',
    'classifier_with_gradients',
    'correlate',
    'draw_gains',
    'draw_heat_sheet',
    'draw_kernel_violins',
    'draw_response_curve',
    'feature_maps',
    'overlay',
    'per_class_accuracy',
    'read_windows',
    'relative_gain',
    'sampling_of',
    'temporal_kernels',
    'window_pipeline',
    'write_heat_film',
]
