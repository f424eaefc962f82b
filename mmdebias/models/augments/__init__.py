"""Augmentations of whole batches that run on the model's device."""

from .background_erasing import BackgroundErasing
from .fame import FAME
from .kornia_augment import KorniaAugment
from .rival_disturbances import GaussianNoiseFrame, InterVideoFrame, VideoCutMix, VideoMixup

__all__ = [
    'FAME',
    'BackgroundErasing',
    'GaussianNoiseFrame',
    'InterVideoFrame',
    'KorniaAugment',
    'VideoCutMix',
    'VideoMixup',
]
