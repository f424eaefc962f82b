"""Workarounds for MMEngine's checkpoints under torch's ``weights_only``.

The protection stays on: users load weights from strangers.
"""

import functools
import os
import pickle
import re
from typing import Any, SupportsIndex

import numpy as np
import torch

# What HistoryBuffer registers by itself.
STATISTICS = ('min', 'max', 'mean', 'current')
# What MMEngine's one-cycle schedule keeps one of.
ANNEALING = ('_annealing_cos', '_annealing_linear')
PLAIN_DTYPE = re.compile(r'b1|[iu][1248]|f(2|4|8|16)|c(8|16|32)|[SU][1-9]\d{0,5}')


class _Dtype:
    """Stand for ``numpy.dtype`` in a checkpoint: a plain number or string type and nothing else.

    The real one must not be allowed: ``dtype.__setstate__`` believes the file about fields, offsets
    and flags, and a made-up one has NumPy take any bytes for object pointers.
    """

    def __init__(self, code: str, align: bool = False, copy: bool = False) -> None:
        if not (isinstance(code, str) and PLAIN_DTYPE.fullmatch(code)):
            raise pickle.UnpicklingError(f'a checkpoint may not hold NumPy data of type {code!r}')
        self.dtype = np.dtype(code)

    def __setstate__(self, state: tuple) -> None:
        # (version, byte order, subdtype, names, fields, size, alignment, flags): only the order is
        # not in the code.
        if state[1] not in ('<', '>', '|', '='):
            raise pickle.UnpicklingError(f'unknown byte order {state[1]!r}')
        self.dtype = self.dtype.newbyteorder(state[1])


class _Array(np.ndarray):
    """Stand for ``numpy.ndarray`` in a checkpoint: an array that a file can fill once, no more.

    The real one must not be allowed: ``ndarray.__setstate__`` frees the old data, even under a
    tensor that was made of the array by torch's own ``_rebuild_device_tensor_from_numpy``. Pickled
    and copied as a plain array.
    """

    def __new__(cls, *ignored: object) -> '_Array':
        return super().__new__(cls, (0,), np.int8)

    def __setstate__(self, state: tuple) -> None:
        _version, shape, dtype, fortran_order, data = state
        if not isinstance(dtype, _Dtype) or vars(self).get('filled'):
            raise pickle.UnpicklingError('a malformed NumPy array')
        self.filled = True
        super().__setstate__((1, shape, dtype.dtype, fortran_order, data))

    def __reduce_ex__(self, protocol: SupportsIndex) -> str | tuple:
        return self.view(np.ndarray).__reduce_ex__(protocol)


def _numpy_scalar(dtype: _Dtype, data: bytes) -> np.generic:
    """Stand for ``numpy.core.multiarray.scalar``."""
    if not (isinstance(dtype, _Dtype) and isinstance(data, bytes)):
        raise pickle.UnpicklingError('a malformed NumPy scalar')
    return np.frombuffer(data, dtype.dtype, count=1)[0]


def _no_bytes() -> bytes:
    """Stand for ``bytes``, which protocol 2 calls for the data of an empty array."""
    return b''


class _OneCycle:
    """Stand for ``OneCycleParamScheduler``, of which a checkpoint may name two functions."""


def _method(owner: type, name: str) -> object:
    """Stand for ``getattr``, which MMEngine's checkpoints call for the methods of two classes."""
    from mmengine.logging import HistoryBuffer
    from mmengine.optim.scheduler.param_scheduler import OneCycleParamScheduler

    if isinstance(name, str):
        if owner is HistoryBuffer and name in STATISTICS:
            return getattr(HistoryBuffer, name)
        if owner is _OneCycle and name in ANNEALING:
            return getattr(OneCycleParamScheduler, name)
    raise pickle.UnpicklingError(f'a checkpoint may not look up {name!r} of {owner!r}')


def allow_checkpoint_types() -> None:
    """Let ``load_from`` and ``--resume`` read MMEngine checkpoints under ``weights_only=True``.

    torch >= 2.6 loads with ``weights_only=True``; a checkpoint of mmengine 0.10.7 holds
    HistoryBuffer (its message hub), NumPy arrays and scalars (losses, best score), ConfigDict (a
    nested ``metainfo``) and a pickled ``getattr``, and is refused (open-mmlab/mmengine#1655; the
    proposed upstream answer, #1650, is to switch the protection off).

    HistoryBuffer (numbers, see ``slim_history_buffers``) and ConfigDict (a dict of what was allowed
    anyway) are allowed as they are. NumPy's names, ``getattr`` and the one-cycle schedule (its
    state holds a function of its class) mean the narrow stand-ins above.
    """
    from mmengine.config import ConfigDict
    from mmengine.logging import HistoryBuffer

    allowed: list[Any] = [
        (HistoryBuffer, 'mmengine.logging.history_buffer.HistoryBuffer'),
        (ConfigDict, 'mmengine.config.config.ConfigDict'),
        # Protocol 2, torch's default, writes `__builtin__.getattr`; torch's reader translates it.
        (_method, 'builtins.getattr'),
        (_OneCycle, 'mmengine.optim.scheduler.param_scheduler.OneCycleParamScheduler'),
        (_no_bytes, 'builtins.bytes'),
        (_Dtype, 'numpy.dtype'),
        (_Array, 'numpy.ndarray'),
    ]
    # NumPy 1 writes the first name and NumPy 2 the second; either may meet the other's files.
    for core in ('numpy.core', 'numpy._core'):
        allowed.append((_Array, f'{core}.multiarray._reconstruct'))
        allowed.append((_numpy_scalar, f'{core}.multiarray.scalar'))
    torch.serialization.add_safe_globals(allowed)


def slim_history_buffers() -> None:
    """Save and restore the numbers of a HistoryBuffer, not its class's methods.

    mmengine 0.10.7's ``HistoryBuffer.__getstate__`` adds the table of statistics methods to the
    state (and, by accident, to the live object); pickled, each is a call of ``getattr``, which
    ``weights_only`` refuses. ``__setstate__`` merges the table into the *class*, so a file could
    replace ``mean`` for the whole process. Neither is needed: the class fills the table itself, and
    a user's ``register_statistics`` runs when their code is imported. Files made without this load
    as before.
    """
    from mmengine.logging import HistoryBuffer

    if 'statistics_methods' not in HistoryBuffer().__getstate__():
        return
    original = HistoryBuffer.__setstate__

    def __getstate__(self: HistoryBuffer) -> dict:
        return {key: value for key, value in vars(self).items() if key != 'statistics_methods'}

    @functools.wraps(original)
    def __setstate__(self: HistoryBuffer, state: dict) -> None:
        state = {key: value for key, value in state.items() if key != 'statistics_methods'}
        plain = {k: v.view(np.ndarray) if isinstance(v, _Array) else v for k, v in state.items()}
        original(self, plain)

    HistoryBuffer.__getstate__ = __getstate__
    HistoryBuffer.__setstate__ = __setstate__


def protect_downloads() -> None:
    """Read what ``load_from='https://...'`` downloads under ``weights_only``, as local files are.

    mmengine 0.10.7's ``load_url`` is torch's ``load_state_dict_from_url``, whose ``weights_only``
    is False by default, so a downloaded checkpoint runs whatever code it holds. ``https://``,
    ``torchvision://``, ``open-mmlab://`` and ``mmcls://`` all go through the one name replaced
    here; a caller's own ``weights_only`` still counts.
    """
    from mmengine.runner import checkpoint

    if isinstance(checkpoint.load_url, functools.partial):
        return
    checkpoint.load_url = functools.partial(checkpoint.load_url, weights_only=True)


def explain_unreadable_checkpoints() -> None:
    """Say of a file that ``load_from``, ``--resume`` or a test cannot read what is wrong with it.

    mmengine 0.10.7's ``load_from_local`` passes on what torch's readers say of an empty, cut or
    foreign file: EOFError, ``KeyError: 101``, a zip library's words, a page on ``weights_only``,
    none with the file's name. :func:`mmdebias.weights.read_checkpoint` says it for every tool. Who
    has switched the protection off (``TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD``) keeps MMEngine's own.
    """
    from mmengine.runner.checkpoint import CheckpointLoader

    original = CheckpointLoader._schemes['']
    if hasattr(original, 'mmdebias'):
        return

    # MMEngine's log names the backend by what follows `load_from_`.
    @functools.wraps(original)
    def load_from_local(filename: str, map_location: Any = None) -> dict:
        # Not before it is needed: it imports mmaction.
        from mmdebias.weights.reading import read_checkpoint

        if os.environ.get('TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD', '0') not in ('', '0'):
            return original(filename, map_location)
        return read_checkpoint(os.path.expanduser(filename), map_location)

    load_from_local.mmdebias = True
    CheckpointLoader.register_scheme('', load_from_local, force=True)
