"""Self-supervised models."""

from .moco import MoCoRecognizer
from .triplet import TripletRecognizer

__all__ = ['MoCoRecognizer', 'TripletRecognizer']
