"""The origin of a result: versions, and digests of files and settings."""

import contextlib
import hashlib
import json
import platform
from importlib import metadata
from pathlib import Path

import torch

from mmdebias.video import READER_VERSION


def versions() -> dict[str, str]:
    """Return the versions of what numbers depend on, by name, as far as it is installed."""
    names = dict(
        mmdebias='mmdebias', mmaction2='mmaction2', mmengine='mmengine', torch='torch', av='av'
    )
    found = {}
    for name, package in names.items():
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[name] = _version(package)
    return dict(found, python=platform.python_version())


def file_sha256(path: str | Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    whole = hashlib.sha256()
    with Path(path).open('rb') as file:
        while part := file.read(1 << 20):
            whole.update(part)
    return whole.hexdigest()


def digest(*parts: object) -> str:
    """Return a short name for the origin of a result: these parts, this package and torch.

    What was computed from the frames of another reader has another name.
    """
    package = [_version('mmdebias'), READER_VERSION, _version('torch')]
    text = json.dumps([*package, *parts], default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _version(package: str) -> str:
    import mmdebias

    # The package's own, also where it runs from a checkout that another one is installed beside.
    # Wheels of torch for CUDA say which CUDA in the module alone.
    stated = dict(mmdebias=mmdebias.__version__, torch=str(torch.__version__))
    return stated[package] if package in stated else metadata.version(package)
