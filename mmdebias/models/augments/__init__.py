"""Augmentations of whole batches that run on the model's device."""

from .background_erasing import BackgroundErasing
from .fame import FAME
from .fame_blending import FAMEBlending
from .kornia_augment import KorniaAugment
from .rival_disturbances import GaussianNoiseFrame, InterVideoFrame, VideoCutMix, VideoMixup
from .spatial_warping import SpatialWarping

__all__ = [
    'FAME',
    'BackgroundErasing',
    'FAMEBlending',
    'GaussianNoiseFrame',
    'InterVideoFrame',
    'KorniaAugment',
    'SpatialWarping',
    'VideoCutMix',
    'VideoMixup',
]
