"""Backbones that MMAction2 lacks; importing this package registers them into its ``MODELS``."""

from .c3d import C3DBN
from .inception_i3d import InceptionI3D
from .inflation import InflatedInit
from .r2plus1d import R2Plus1D
from .r3d import R3D

__all__ = ['C3DBN', 'R3D', 'InceptionI3D', 'InflatedInit', 'R2Plus1D']
