"""Losses and classifiers as modules."""

from .clip_feature_head import ClipFeatureHead
from .info_nce_head import InfoNCEHead
from .linear_probe_head import LinearProbeHead
from .pretext_head import PairwiseOrderHead, PretextHead
from .triplet_head import TripletHead

__all__ = [
    'ClipFeatureHead',
    'InfoNCEHead',
    'LinearProbeHead',
    'PairwiseOrderHead',
    'PretextHead',
    'TripletHead',
]
