"""How good masks and features are."""

from .activations import activation_maps, feature_maps
from .bias_measures import Measure, bias_measures
from .bias_metrics import (
    ActionSwap,
    BackgroundOnlyAccuracy,
    BackgroundReplacedAccuracy,
    ConflictingForeground,
    ContrastedAccuracy,
    HumanOnlyAccuracy,
    OriginalAccuracy,
    ProbeScores,
    StaticFrameAccuracy,
    StillForegroundAccuracy,
)
from .bias_run import load_scores, probe_config
from .class_maps import ClassMaps, load_classifier
from .confidence import confidence_interval
from .feature_shards import FeatureShards
from .knn import knn_accuracy
from .linear_classifier import fit_linear_classifier
from .mask_quality import mask_overlap
from .retrieval import retrieval_recall
from .retrieval_metrics import ClipRetrieval, KNNAccuracy, VideoRetrieval
from .search import nearest
from .static_gain import Correlation, correlate, per_class_accuracy, relative_gain
from .temporal_kernels import temporal_kernels

__all__ = [
    'ActionSwap',
    'BackgroundOnlyAccuracy',
    'BackgroundReplacedAccuracy',
    'ClassMaps',
    'ClipRetrieval',
    'ConflictingForeground',
    'ContrastedAccuracy',
    'Correlation',
    'FeatureShards',
    'HumanOnlyAccuracy',
    'KNNAccuracy',
    'Measure',
    'OriginalAccuracy',
    'ProbeScores',
    'StaticFrameAccuracy',
    'StillForegroundAccuracy',
    'VideoRetrieval',
    'activation_maps',
    'bias_measures',
    'confidence_interval',
    'correlate',
    'feature_maps',
    'fit_linear_classifier',
    'knn_accuracy',
    'load_classifier',
    'load_scores',
    'mask_overlap',
    'nearest',
    'per_class_accuracy',
    'probe_config',
    'relative_gain',
    'retrieval_recall',
    'temporal_kernels',
]
