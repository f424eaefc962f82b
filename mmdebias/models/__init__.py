"""What learns."""

from .augments import FAME, FAMEBlending, KorniaAugment, SpatialWarping
from .backbones import InceptionI3D, R2Plus1D
from .data_preprocessor import ClipDataPreprocessor, ViewDataPreprocessor
from .heads import InfoNCEHead, TripletHead
from .necks import ProjectionNeck
from .recognizers import MoCoRecognizer, TripletRecognizer

__all__ = [
    'FAME',
    'ClipDataPreprocessor',
    'FAMEBlending',
    'InceptionI3D',
    'InfoNCEHead',
    'KorniaAugment',
    'MoCoRecognizer',
    'ProjectionNeck',
    'R2Plus1D',
    'SpatialWarping',
    'TripletHead',
    'TripletRecognizer',
    'ViewDataPreprocessor',
]
