"""The study of all methods on generated videos: its recipe and its table."""

from .recipe import ROWS, SCALES, Settings, probe_pipeline, study_config, write_config
from .table import COLUMNS, average_runs, draw, render_markdown

__all__ = [
    'COLUMNS',
    'ROWS',
    'SCALES',
    'Settings',
    'average_runs',
    'draw',
    'probe_pipeline',
    'render_markdown',
    'study_config',
    'write_config',
]
