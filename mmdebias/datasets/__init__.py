"""Reading clips."""

from .gallery_and_queries import GalleryAndQueries
from .tolerant_video_dataset import TolerantVideoDataset, TooManyUndecodableVideosError
from .transforms import ConsecutiveClips, DecodeOnce, PerView, SampleViews, ScaleOpticalFlow

__all__ = [
    'ConsecutiveClips',
    'DecodeOnce',
    'GalleryAndQueries',
    'PerView',
    'SampleViews',
    'ScaleOpticalFlow',
    'TolerantVideoDataset',
    'TooManyUndecodableVideosError',
]
