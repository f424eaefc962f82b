"""Foreground masks as benchmarks hand them out, turned into what the bias report reads.

Each module has one kind of source; where their layouts were seen is in docs/mask_formats.md.
:mod:`.converting` writes what they read, and ``tools/data/convert_masks.py`` is its command.
"""

from .coco import coco_masks
from .converting import convert_boxes, convert_masks
from .pictures import davis_masks, hat_masks, label_masks
from .sources import Reader, Readers
from .tubes import Tubes, read_tubes

__all__ = [
    'Reader',
    'Readers',
    'Tubes',
    'coco_masks',
    'convert_boxes',
    'convert_masks',
    'davis_masks',
    'hat_masks',
    'label_masks',
    'read_tubes',
]
