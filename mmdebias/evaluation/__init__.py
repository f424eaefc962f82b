"""Protocols on frozen features: retrieval, nearest neighbours, linear classifiers."""

import mmdebias.needs_mmaction2  # noqa: F401
from mmdebias.ops.linear_classifier import fit_linear_classifier

from .classifiers import load_classifier
from .feature_shards import FeatureShards
from .knn import knn_accuracy
from .retrieval import retrieval_recall
from .retrieval_metrics import ClipRetrieval, KNNAccuracy, VideoRetrieval
from .search import nearest

__all__ = [
    'ClipRetrieval',
    'FeatureShards',
    'KNNAccuracy',
    'VideoRetrieval',
    'fit_linear_classifier',
    'knn_accuracy',
    'load_classifier',
    'nearest',
    'retrieval_recall',
]
