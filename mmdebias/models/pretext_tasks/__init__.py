"""What a network is asked about a clip when there are no labels."""

from .clip_order import ClipOrder
from .rotation import Rotation
from .space_time_puzzles import SpaceTimePuzzles

__all__ = ['ClipOrder', 'Rotation', 'SpaceTimePuzzles']
