"""mmdebias: background-debiased video self-supervision for MMAction2, and the bias report.

Where MMAction2 is installed, importing it registers everything with MMAction2, so that a config
needs only ``custom_imports = dict(imports=['mmdebias'], allow_failed_imports=False)``. Where it is
not, :mod:`mmdebias.ops`, :mod:`mmdebias.video` and :mod:`mmdebias.bias` are there all the same, and
whatever else is asked for says what to install.
"""

from .optional import has_mmaction2, names_of_mmaction2

__version__ = '0.1.0'

if has_mmaction2():
    from . import compat

    # Before anything imports mmaction: some of its parts cannot be imported without.
    compat.apply()

from . import bias, ops, video

if has_mmaction2():
    from . import analysis, datasets, engine, evaluation, models, visualization
    from .bias import mmaction2 as _registered  # noqa: F401
    from .config_inheritance import inherit_mmdebias_configs

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

__getattr__ = names_of_mmaction2(__name__, __all__)
if not has_mmaction2():  # what asks for all would be told to install it
    __all__ = [name for name in __all__ if name in globals()]
