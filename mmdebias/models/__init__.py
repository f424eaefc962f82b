"""Augments, encoders, necks, heads and recognisers of pre-training and protocols."""

import mmdebias.needs_mmaction2  # noqa: F401

from .augments import (
    FAME,
    BackgroundErasing,
    FAMEBlending,
    GaussianNoiseFrame,
    InnerRotation,
    InterVideoFrame,
    KorniaAugment,
    OneAugment,
    SpatialWarping,
    VideoCutMix,
    VideoMixup,
)
from .backbones import C3DBN, R3D, InceptionI3D, R2Plus1D
from .data_preprocessor import ClipDataPreprocessor, ViewDataPreprocessor
from .heads import (
    ClipFeatureHead,
    InfoNCEHead,
    LinearProbeHead,
    PairwiseOrderHead,
    PretextHead,
    TripletHead,
    UnitFeatureHead,
)
from .necks import ProjectionNeck
from .pretext_tasks import ClipOrder, Rotation, SpaceTimePuzzles
from .recognizers import LinearProbe, MoCoRecognizer, PretextRecognizer, TripletRecognizer

__all__ = [
    'C3DBN',
    'FAME',
    'R3D',
    'BackgroundErasing',
    'ClipDataPreprocessor',
    'ClipFeatureHead',
    'ClipOrder',
    'FAMEBlending',
    'GaussianNoiseFrame',
    'InceptionI3D',
    'InfoNCEHead',
    'InnerRotation',
    'InterVideoFrame',
    'KorniaAugment',
    'LinearProbe',
    'LinearProbeHead',
    'MoCoRecognizer',
    'OneAugment',
    'PairwiseOrderHead',
    'PretextHead',
    'PretextRecognizer',
    'ProjectionNeck',
    'R2Plus1D',
    'Rotation',
    'SpaceTimePuzzles',
    'SpatialWarping',
    'TripletHead',
    'TripletRecognizer',
    'UnitFeatureHead',
    'VideoCutMix',
    'VideoMixup',
    'ViewDataPreprocessor',
]
