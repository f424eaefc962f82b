"""Every upstream workaround mmdebias needs, each with the upstream fact it answers.

``apply()`` runs them all, once, in an order that matters: what is checked or supplied for
``mmaction`` comes before anything imports it. ``mmdebias/__init__.py`` calls it before it imports a
sub-package. Every workaround may be called on its own and again, and leaves upstream alone where
upstream needs no help (it looks at what upstream does rather than at its version number wherever
that can be asked).

| module | what upstream does (mmengine 0.10.7, mmaction2 1.2.0) |
|---|---|
| ``installation`` | a wrong mmcv, mmcv-lite's warning, two wheels of one ``cv2``, pkg_resources |
| | and ``pkgutil.find_loader``, which Python 3.14 lacks |
| ``building`` | a misspelt argument is a TypeError that names no key of the config |
| ``checkpoints`` | torch >= 2.6 refuses MMEngine's own files, yet runs code of downloaded ones |
| | and does not name the file that it cannot read |
| ``launchers`` | without a GPU they call ``torch.cuda.set_device`` and give DDP device ids |
| | and ranks outlive a launcher that was killed |
| ``open_files`` | PyTorch's workers pass each tensor as an open file, and 1,024 may be open |
| ``workers`` | PyTorch's workers look for their process only while they wait for work |
| ``learning_rate`` | ``--auto-scale-lr`` does not count accumulated batches |
| ``options`` | ``--cfg-options`` deletes spaces of paths and splits them at commas |
| ``resuming`` | ``--resume`` without its marker starts anew, over the checkpoints that are there |
| ``variables`` | a quote in an environment variable ends the text of the config it stands in |
| ``mmaction2`` | the wheel lacks a module; no import beside transformers 5, or without timm; |
| | hue jitter and NumPy 2; ``init_cfg`` of ResNet3d |
"""

import functools

from .building import explain_failed_builds
from .checkpoints import (
    allow_checkpoint_types,
    explain_unreadable_checkpoints,
    protect_downloads,
    slim_history_buffers,
)
from .installation import (
    check_mmcv,
    check_opencv,
    find_modules_on_python_3_14,
    find_packages_without_pkg_resources,
    hush_missing_mmcv_ops,
)
from .launchers import launch_without_gpu, wrap_models_on_cpu
from .learning_rate import count_accumulation
from .mmaction2 import (
    honour_pretrained_init_cfg,
    jitter_hue_in_wide_integers,
    leave_out_vindlu,
    supply_missing_drn,
)
from .open_files import allow_open_files
from .options import refuse_damaged_options
from .resuming import look_before_training
from .variables import quote_variables
from .workers import bind_workers

WORKAROUNDS = (
    check_mmcv,
    check_opencv,
    hush_missing_mmcv_ops,
    supply_missing_drn,
    leave_out_vindlu,
    find_modules_on_python_3_14,
    find_packages_without_pkg_resources,
    allow_checkpoint_types,
    slim_history_buffers,
    protect_downloads,
    explain_unreadable_checkpoints,
    launch_without_gpu,
    wrap_models_on_cpu,
    allow_open_files,
    bind_workers,
    look_before_training,
    count_accumulation,
    refuse_damaged_options,
    quote_variables,
    explain_failed_builds,
    jitter_hue_in_wide_integers,
    honour_pretrained_init_cfg,
)

__all__ = ['WORKAROUNDS', 'apply', *(workaround.__name__ for workaround in WORKAROUNDS)]


@functools.cache
def apply() -> None:
    """Run every workaround; a second call does nothing (one that raised runs again)."""
    for workaround in WORKAROUNDS:
        workaround()
