"""mmdebias: background-debiased video self-supervision for MMAction2.

Importing it registers everything with MMAction2, so that a config needs only
``custom_imports = dict(imports=['mmdebias'], allow_failed_imports=False)``.
"""

from . import compat
from .config_inheritance import inherit_mmdebias_configs

# Before anything imports mmaction: some of its parts cannot be imported without.
compat.apply()

__version__ = '0.1.0'

from . import (  # noqa: E402
    analysis,
    bias,
    datasets,
    engine,
    evaluation,
    models,
    ops,
    video,
    visualization,
)

inherit_mmdebias_configs()
datasets.accept_named_steps_upstream()
datasets.warn_of_misread_files_upstream()

__all__ = [
    'analysis',
    'bias',
    'datasets',
    'engine',
    'evaluation',
    'models',
    'ops',
    'video',
    'visualization',
]
