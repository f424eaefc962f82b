"""Self-supervised models."""

from .moco import MoCoRecognizer
from .pretext import PretextRecognizer

__all__ = ['MoCoRecognizer', 'PretextRecognizer']
