"""The study of all methods on generated videos: its recipe and its table."""

from .probe_plot import draw_probes
from .probing import probe, scene_against_motion
from .recipe import REFERENCES, ROWS, SCALES, Settings, probe_pipeline, study_config, write_config
from .table import COLUMNS, average_runs, draw, render_markdown

__all__ = [
    'COLUMNS',
    'REFERENCES',
    'ROWS',
    'SCALES',
    'Settings',
    'average_runs',
    'draw',
    'draw_probes',
    'probe',
    'probe_pipeline',
    'render_markdown',
    'scene_against_motion',
    'study_config',
    'write_config',
]
