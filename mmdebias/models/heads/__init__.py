"""Losses and classifiers as modules."""

from .info_nce_head import InfoNCEHead
from .linear_probe_head import LinearProbeHead

__all__ = ['InfoNCEHead', 'LinearProbeHead']
