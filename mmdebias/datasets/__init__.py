"""Reading clips."""

from .bias import BiasProbes, ComposeProbe
from .gallery_and_queries import GalleryAndQueries
from .tolerant_video_dataset import TolerantVideoDataset, TooManyUndecodableVideosError
from .transforms import ConsecutiveClips, PerView, SampleViews, ScaleOpticalFlow

__all__ = [
    'BiasProbes',
    'ComposeProbe',
    'ConsecutiveClips',
    'GalleryAndQueries',
    'PerView',
    'SampleViews',
    'ScaleOpticalFlow',
    'TolerantVideoDataset',
    'TooManyUndecodableVideosError',
]
