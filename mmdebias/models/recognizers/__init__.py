"""Self-supervised models."""

from .linear_probe import LinearProbe
from .moco import MoCoRecognizer
from .pretext import PretextRecognizer
from .triplet import TripletRecognizer

__all__ = [
    'LinearProbe',
    'MoCoRecognizer',
    'PretextRecognizer',
    'TripletRecognizer',
]
