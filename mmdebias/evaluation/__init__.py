"""How good masks and features are."""

from .knn import knn_accuracy
from .mask_quality import mask_overlap
from .retrieval import retrieval_recall
from .search import nearest
from .video_retrieval import VideoRetrieval

__all__ = ['VideoRetrieval', 'knn_accuracy', 'mask_overlap', 'nearest', 'retrieval_recall']
