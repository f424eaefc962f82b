"""Reading videos: every frame the one that was asked for."""

from .index import VideoIndex, index_video
from .index_file import IndexFile, use_indexes, write_indexes
from .opening import RecountedError, VideoReadError, with_ending
from .pixels import UPRIGHT, Box
from .reading import (
    READER_VERSION,
    count_frames,
    each_frame,
    find_index,
    read_frames,
    read_parts,
)
from .wholeness import check_whole
from .with_decord import check_reader, is_right_for_decord

__all__ = [
    'READER_VERSION',
    'UPRIGHT',
    'Box',
    'IndexFile',
    'RecountedError',
    'VideoIndex',
    'VideoReadError',
    'check_reader',
    'check_whole',
    'count_frames',
    'each_frame',
    'find_index',
    'index_video',
    'is_right_for_decord',
    'read_frames',
    'read_parts',
    'use_indexes',
    'with_ending',
    'write_indexes',
]
