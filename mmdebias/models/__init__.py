"""What learns."""

from .augments import (
    FAME,
    BackgroundErasing,
    GaussianNoiseFrame,
    InterVideoFrame,
    KorniaAugment,
    VideoCutMix,
    VideoMixup,
)
from .backbones import InceptionI3D, R2Plus1D
from .data_preprocessor import ClipDataPreprocessor, ViewDataPreprocessor
from .heads import InfoNCEHead, PairwiseOrderHead, PretextHead
from .necks import ProjectionNeck
from .pretext_tasks import ClipOrder, Rotation, SpaceTimePuzzles
from .recognizers import MoCoRecognizer, PretextRecognizer

__all__ = [
    'FAME',
    'BackgroundErasing',
    'ClipDataPreprocessor',
    'ClipOrder',
    'GaussianNoiseFrame',
    'InceptionI3D',
    'InfoNCEHead',
    'InterVideoFrame',
    'KorniaAugment',
    'MoCoRecognizer',
    'PairwiseOrderHead',
    'PretextHead',
    'PretextRecognizer',
    'ProjectionNeck',
    'R2Plus1D',
    'Rotation',
    'SpaceTimePuzzles',
    'VideoCutMix',
    'VideoMixup',
    'ViewDataPreprocessor',
]
