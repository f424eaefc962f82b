"""Losses and classifiers as modules."""

from .feature_heads import ClipFeatureHead, LinearProbeHead, UnitFeatureHead
from .info_nce_head import InfoNCEHead
from .pretext_head import PairwiseOrderHead, PretextHead
from .triplet_head import TripletHead

__all__ = [
    'ClipFeatureHead',
    'InfoNCEHead',
    'LinearProbeHead',
    'PairwiseOrderHead',
    'PretextHead',
    'TripletHead',
    'UnitFeatureHead',
]
