"""Losses as modules."""

from .info_nce_head import InfoNCEHead
from .triplet_head import TripletHead

__all__ = ['InfoNCEHead', 'TripletHead']
