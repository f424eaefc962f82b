"""Pretext tasks: questions about a clip that need no labels."""

from .clip_order import ClipOrder
from .rotation import Rotation
from .space_time_puzzles import SpaceTimePuzzles

__all__ = ['ClipOrder', 'Rotation', 'SpaceTimePuzzles']
