"""Backbones that MMAction2 lacks; importing this package registers them into its `MODELS`."""

from .inception_i3d import InceptionI3D
from .r2plus1d import R2Plus1D

__all__ = ['InceptionI3D', 'R2Plus1D']
