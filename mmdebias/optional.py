"""Packages that a part of mmdebias needs and the rest does without: asked for, or named as missing.

The mathematics, the reader and the bias report need PyTorch, NumPy, SciPy, PyAV, OpenCV and
matplotlib alone. What trains needs MMAction2, a Hugging Face model ``transformers``, an ONNX file
``onnxruntime``.
"""

import importlib
import importlib.util
from collections.abc import Callable, Collection
from functools import cache
from types import ModuleType
from typing import Any

MMACTION2 = (
    'pip install "mmdebias[mmaction2]" "mmcv-lite>=2.0.0,<2.2.0" (or a full mmcv instead of '
    'mmcv-lite; never one over the other)'
)


class MissingPackageError(ImportError):
    """A package that is not installed; the message names it, what asks for it, and the command."""


@cache
def has_mmaction2() -> bool:
    """Return whether MMAction2 is installed, and MMEngine, without which it is of no use.

    They are looked for once, and not imported.
    """
    try:
        return all(importlib.util.find_spec(name) for name in ('mmaction', 'mmengine'))
    except ImportError:  # somebody's finder refuses it
        return False


def need_mmaction2(what: str) -> None:
    """Raise unless MMAction2 is installed.

    Args:
        what: What asks for it, the subject of the message.

    Raises:
        MissingPackageError: it is not.
    """
    if not has_mmaction2():
        raise MissingPackageError(f'{what} needs MMAction2, which is not installed: {MMACTION2}')


def names_of_mmaction2(package: str, names: Collection[str]) -> Callable[[str], Any]:
    """Return a ``__getattr__`` for a package that lacks some names where MMAction2 is missing.

    Args:
        package: Its ``__name__``.
        names: Those that it has where MMAction2 is installed.

    Returns:
        A function that raises :class:`MissingPackageError` for these names, and an AttributeError
        for others.
    """

    def lookup(name: str) -> Any:
        if name in names:
            need_mmaction2(f'{package}.{name}')
        raise AttributeError(f'module {package!r} has no attribute {name!r}', name=name)

    return lookup


def import_optional(module: str, what: str, install: str) -> ModuleType:
    """Import a package that only some inputs need.

    Args:
        module: Its name.
        what: What asks for it, the subject of the message.
        install: The command that installs it.

    Raises:
        MissingPackageError: it, or something that it imports, is not installed.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        missing = error.name or module
        raise MissingPackageError(
            f'{what} needs {missing}, which is not installed: {install}'
        ) from error
