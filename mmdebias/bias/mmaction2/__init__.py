"""The bias report of MMAction2's models: what is registered, and the models themselves.

Nothing else in :mod:`mmdebias.bias` imports MMAction2.
"""

import mmdebias.needs_mmaction2  # noqa: F401

from .compose_probe import ComposeProbe
from .dataset import BiasProbes
from .metrics import BiasMeasures, ProbeScores
from .model import ConfigModel, load_config_model
from .probe_config import probe_config

__all__ = [
    'BiasMeasures',
    'BiasProbes',
    'ComposeProbe',
    'ConfigModel',
    'ProbeScores',
    'load_config_model',
    'probe_config',
]
