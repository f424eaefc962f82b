"""Augmentations of whole batches that run on the model's device."""

from .fame import FAME
from .fame_blending import FAMEBlending
from .kornia_augment import KorniaAugment

__all__ = ['FAME', 'FAMEBlending', 'KorniaAugment']
