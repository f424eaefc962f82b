"""Between a backbone and a loss."""

from .projection import ProjectionNeck

__all__ = ['ProjectionNeck']
