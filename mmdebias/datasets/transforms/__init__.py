"""What happens to one video in a worker."""

from .consecutive_clips import ConsecutiveClips
from .per_view import PerView
from .sample_views import SampleViews

__all__ = ['ConsecutiveClips', 'PerView', 'SampleViews']
