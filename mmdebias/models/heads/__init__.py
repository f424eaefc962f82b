"""Losses as modules."""

from .info_nce_head import InfoNCEHead
from .pretext_head import PairwiseOrderHead, PretextHead
from .triplet_head import TripletHead

__all__ = [
    'InfoNCEHead',
    'PairwiseOrderHead',
    'PretextHead',
    'TripletHead',
]
