"""Augmentations of whole batches that run on the model's device."""

from .fame import FAME
from .kornia_augment import KorniaAugment

__all__ = ['FAME', 'KorniaAugment']
