"""What happens to one video in a worker."""

from .per_view import PerView
from .sample_views import SampleViews

__all__ = ['PerView', 'SampleViews']
