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
from .heads import InfoNCEHead
from .necks import ProjectionNeck
from .recognizers import MoCoRecognizer

__all__ = [
    'FAME',
    'BackgroundErasing',
    'ClipDataPreprocessor',
    'GaussianNoiseFrame',
    'InceptionI3D',
    'InfoNCEHead',
    'InterVideoFrame',
    'KorniaAugment',
    'MoCoRecognizer',
    'ProjectionNeck',
    'R2Plus1D',
    'VideoCutMix',
    'VideoMixup',
    'ViewDataPreprocessor',
]
