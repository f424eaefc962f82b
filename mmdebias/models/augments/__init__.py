"""Augmentations of whole batches that run on the model's device."""

from .background_erasing import BackgroundErasing
from .fame import FAME
from .fame_blending import FAMEBlending
from .inner_rotation import InnerRotation
from .kornia_augment import KorniaAugment
from .one_augment import OneAugment
from .rival_disturbances import GaussianNoiseFrame, InterVideoFrame, VideoCutMix, VideoMixup
from .spatial_warping import SpatialWarping

__all__ = [
    'FAME',
    'BackgroundErasing',
    'FAMEBlending',
    'GaussianNoiseFrame',
    'InnerRotation',
    'InterVideoFrame',
    'KorniaAugment',
    'OneAugment',
    'SpatialWarping',
    'VideoCutMix',
    'VideoMixup',
]
