"""Reading clips."""

from .tolerant_video_dataset import TolerantVideoDataset, TooManyUndecodableVideosError
from .transforms import PerView, SampleViews

__all__ = ['PerView', 'SampleViews', 'TolerantVideoDataset', 'TooManyUndecodableVideosError']
