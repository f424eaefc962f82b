"""How good masks and features are."""

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
    'ClipRetrieval',
    'FeatureShards',
    'Interval',
    'KNNAccuracy',
    'VideoRetrieval',
    'bootstrap_interval',
    'confidence_interval',
    'fit_linear_classifier',
    'knn_accuracy',
    'mask_overlap',
    'nearest',
    'paired_difference',
    'retrieval_recall',
]
