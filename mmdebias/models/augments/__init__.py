"""Augmentations of whole batches that run on the model's device."""

from .fame import FAME
from .fame_blending import FAMEBlending
from .kornia_augment import KorniaAugment
from .spatial_warping import SpatialWarping

__all__ = ['FAME', 'FAMEBlending', 'KorniaAugment', 'SpatialWarping']
