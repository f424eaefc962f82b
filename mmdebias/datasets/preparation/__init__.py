"""Official archives and split files to folders of videos and MMAction2's lists."""

from .annotations import (
    Annotations,
    Sample,
    Split,
    read_diving48,
    read_hmdb51,
    read_kinetics400,
    read_sthv2,
    read_ucf101,
)
from .archives import unpack
from .checking import Check, check_video, check_videos
from .matching import index_videos, match
from .prepare import prepare, unpack_all
from .recipes import DIVING48, HMDB51, KINETICS400, STHV2, UCF101, Recipe
from .resizing import parse_size, resize_video, target_size
from .shards import Shard, parse_shard

__all__ = [
    'DIVING48',
    'HMDB51',
    'KINETICS400',
    'STHV2',
    'UCF101',
    'Annotations',
    'Check',
    'Recipe',
    'Sample',
    'Shard',
    'Split',
    'check_video',
    'check_videos',
    'index_videos',
    'match',
    'parse_shard',
    'parse_size',
    'prepare',
    'read_diving48',
    'read_hmdb51',
    'read_kinetics400',
    'read_sthv2',
    'read_ucf101',
    'resize_video',
    'target_size',
    'unpack',
    'unpack_all',
]
