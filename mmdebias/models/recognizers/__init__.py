"""Self-supervised models."""

from .moco import MoCoRecognizer

__all__ = ['MoCoRecognizer']
