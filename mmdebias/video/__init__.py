"""Reading videos: every frame the one that was asked for."""

from .index import VideoIndex, index_video
from .index_file import IndexFile, use_indexes, write_indexes
from .opening import VideoReadError
from .reading import count_frames, find_index, read_frames, read_parts

__all__ = [
    'IndexFile',
    'VideoIndex',
    'VideoReadError',
    'count_frames',
    'find_index',
    'index_video',
    'read_frames',
    'read_parts',
    'use_indexes',
    'write_indexes',
]
