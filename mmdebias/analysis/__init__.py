"""The papers' figures, for any checkpoints."""

import mmdebias.needs_mmaction2  # noqa: F401
from mmdebias.ops.scene_share import scene_share

from .activations import activation_maps, feature_maps
from .class_maps import ClassMaps, classifier_with_gradients
from .gain_plot import GainPanel, draw_gains
from .heat import draw_heat_sheet, overlay, write_heat_film
from .kernel_violins import draw_kernel_violins
from .response_curve import draw_response_curve
from .sensitivity import Distances, feel, summarise
from .sensitivity_plot import draw_sensitivity
from .shortcuts import Answer, answers, told_best
from .source_clips import few_videos, generated_videos
from .static_gain import Correlation, correlate, per_class_accuracy, relative_gain
from .temporal_kernels import temporal_kernels
from .windows import Windows, find_sampling, read_windows, window_pipeline

__all__ = [
    'Answer',
    'ClassMaps',
    'Correlation',
    'Distances',
    'GainPanel',
    'Windows',
    'activation_maps',
    'answers',
    'classifier_with_gradients',
    'correlate',
    'draw_gains',
    'draw_heat_sheet',
    'draw_kernel_violins',
    'draw_response_curve',
    'draw_sensitivity',
    'feature_maps',
    'feel',
    'few_videos',
    'find_sampling',
    'generated_videos',
    'overlay',
    'per_class_accuracy',
    'read_windows',
    'relative_gain',
    'scene_share',
    'summarise',
    'temporal_kernels',
    'told_best',
    'window_pipeline',
    'write_heat_film',
]
