"""Pickles of arrays and plain values, without running what else a pickle may hold."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

# What arrays, numbers of NumPy and the containers of the standard library are made with. NumPy 2
# renamed its core; pickles of Python 2 name its builtins.
ARRAYS = {
    *((f'numpy.{core}.multiarray', name) for core in ('core', '_core') for name in
      ('_reconstruct', 'scalar')),
    *((f'numpy.{core}.numeric', '_frombuffer') for core in ('core', '_core')),
    ('numpy', 'ndarray'),
    ('numpy', 'dtype'),
}  # fmt: skip
CONTAINERS = {
    ('collections', 'OrderedDict'),
    ('collections', 'defaultdict'),
    *((of, name) for of in ('builtins', '__builtin__') for name in
      ('dict', 'list', 'set', 'tuple', 'int', 'float', 'bytes')),
}  # fmt: skip


def load_plain_pickle(path: str | Path) -> Any:
    """Load a pickle that holds nothing but arrays, numbers, text and containers of them.

    A pickle can name any function and have it called: one from a stranger may do anything. Here
    such names are refused before anything is called. Text of Python 2 is read as Latin-1.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no pickle, or names something else.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f'there is no file {path}: give a pickle, .pkl')
    try:
        with path.open('rb') as file:
            return _Plain(file, encoding='latin1').load()
    except pickle.UnpicklingError as error:
        raise ValueError(f'{path} is not read: {error}') from error
    # What damaged bytes raise is of many kinds, which the documentation of pickle leaves open.
    except (AttributeError, EOFError, ImportError, IndexError, KeyError, TypeError) as error:
        raise ValueError(f'{path} is no whole pickle: {error}') from error


class _Plain(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ('_codecs', 'encode'):
            return _bytes
        if (module, name) not in ARRAYS | CONTAINERS:
            raise pickle.UnpicklingError(
                f'it names {module}.{name}, and only arrays and plain values are taken, as a '
                'pickle can run anything: save these alone'
            )
        return super().find_class(module, name)


def _bytes(text: str, encoding: str) -> bytes:
    """Return the bytes that Python 3 writes as text into pickles for Python 2, those of arrays."""
    if encoding != 'latin1':
        raise pickle.UnpicklingError(f'it has bytes as {encoding!r}, which no pickle writes')
    return text.encode('latin1')
