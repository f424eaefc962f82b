"""Reading videos: every frame the one that was asked for."""

from .index import VideoIndex, index_video
from .opening import VideoReadError
from .reading import count_frames, find_index, read_frames, read_parts

__all__ = [
    'VideoIndex',
    'VideoReadError',
    'count_frames',
    'find_index',
    'index_video',
    'read_frames',
    'read_parts',
]
