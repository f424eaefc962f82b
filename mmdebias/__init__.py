"""mmdebias: background-debiased video self-supervision for MMAction2.

Importing it registers everything with MMAction2, so that a config needs only
``custom_imports = dict(imports=['mmdebias'], allow_failed_imports=False)``.
"""

from . import compat

# Before anything imports mmaction: some of its parts cannot be imported without.
compat.apply()

from . import datasets, engine, evaluation, models, ops, visualization  # noqa: E402

datasets.accept_named_steps_upstream()

__version__ = '0.1.0'
__all__ = ['datasets', 'engine', 'evaluation', 'models', 'ops', 'visualization']
