"""How good masks and features are."""

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
from .bootstrap import Interval, bootstrap_interval, paired_difference
from .confidence import confidence_interval
from .feature_shards import FeatureShards
from .knn import knn_accuracy
from .linear_classifier import fit_linear_classifier
from .mask_quality import mask_overlap
from .retrieval import retrieval_recall
from .retrieval_metrics import ClipRetrieval, KNNAccuracy, VideoRetrieval
from .search import nearest

__all__ = [
    'ActionSwap',
    'BackgroundOnlyAccuracy',
    'BackgroundReplacedAccuracy',
    'ClipRetrieval',
    'ConflictingForeground',
    'ContrastedAccuracy',
    'FeatureShards',
    'HumanOnlyAccuracy',
    'Interval',
    'KNNAccuracy',
    'Measure',
    'OriginalAccuracy',
    'ProbeScores',
    'StaticFrameAccuracy',
    'StillForegroundAccuracy',
    'VideoRetrieval',
    'bias_measures',
    'bootstrap_interval',
    'confidence_interval',
    'fit_linear_classifier',
    'knn_accuracy',
    'load_scores',
    'mask_overlap',
    'nearest',
    'paired_difference',
    'probe_config',
    'retrieval_recall',
]
