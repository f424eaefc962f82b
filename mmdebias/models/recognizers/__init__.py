"""Self-supervised models."""

from .linear_probe import LinearProbe
from .moco import MoCoRecognizer

__all__ = ['LinearProbe', 'MoCoRecognizer']
