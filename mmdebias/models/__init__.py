"""What learns."""

from .augments import FAME, FAMEBlending, KorniaAugment
from .backbones import InceptionI3D, R2Plus1D
from .data_preprocessor import ClipDataPreprocessor, ViewDataPreprocessor
from .heads import ClipFeatureHead, InfoNCEHead, LinearProbeHead
from .necks import ProjectionNeck
from .recognizers import LinearProbe, MoCoRecognizer

__all__ = [
    'FAME',
    'ClipDataPreprocessor',
    'ClipFeatureHead',
    'FAMEBlending',
    'InceptionI3D',
    'InfoNCEHead',
    'KorniaAugment',
    'LinearProbe',
    'LinearProbeHead',
    'MoCoRecognizer',
    'ProjectionNeck',
    'R2Plus1D',
    'ViewDataPreprocessor',
]
