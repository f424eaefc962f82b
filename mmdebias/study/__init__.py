"""The study of all methods on generated videos: its recipe and its table."""

from .recipe import ROWS, SCALES, Settings, probe_pipeline, study_config, write_config
from .table import COLUMNS, draw, markdown_of, rows_of

__all__ = [
    'COLUMNS',
    'ROWS',
    'SCALES',
    'Settings',
    'draw',
    'markdown_of',
    'probe_pipeline',
    'rows_of',
    'study_config',
    'write_config',
]
