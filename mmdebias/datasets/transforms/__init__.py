"""What happens to one video in a worker."""

from .consecutive_clips import ConsecutiveClips
from .decode_once import DecodeOnce
from .per_view import PerView
from .sample_views import SampleViews
from .scale_optical_flow import ScaleOpticalFlow

__all__ = [
    'ConsecutiveClips',
    'DecodeOnce',
    'PerView',
    'SampleViews',
    'ScaleOpticalFlow',
]
