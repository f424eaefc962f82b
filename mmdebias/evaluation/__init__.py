"""How good the features are."""

from .retrieval import retrieval_recall
from .video_retrieval import VideoRetrieval

__all__ = ['VideoRetrieval', 'retrieval_recall']
