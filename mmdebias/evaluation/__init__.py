"""How good masks and features are."""

from .mask_quality import mask_overlap
from .retrieval import retrieval_recall
from .video_retrieval import VideoRetrieval

__all__ = ['VideoRetrieval', 'mask_overlap', 'retrieval_recall']
