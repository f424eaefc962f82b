"""Self-supervised models."""

from .moco import MoCoRecognizer
from .pretext import PretextRecognizer
from .triplet import TripletRecognizer

__all__ = [
    'MoCoRecognizer',
    'PretextRecognizer',
    'TripletRecognizer',
]
