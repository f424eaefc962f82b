"""Checkpoint files that are whole or not there."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import torch

from mmdebias.files import move_into_place, replacing, unfinished_path


def save(content: Mapping, out: str | Path) -> Path:
    """Write a file under its name; its folder is made.

    Args:
        content: What to save.
        out: The file.

    Returns:
        The file written.
    """
    with replacing(out) as unfinished:
        _write(content, unfinished)
    return Path(out)


def publish(content: Mapping, out: str | Path) -> Path:
    """Write a file under its name with its hash, ``NAME-HASH.pth``, as OpenMMLab does.

    Args:
        content: What to save.
        out: The file, with or without ``.pth``; its folder is made.

    Returns:
        The file written. ``HASH`` is the first 8 digits of its SHA-256.
    """
    out = Path(out)
    whole = save(content, unfinished_path(out))
    digest = hashlib.sha256(whole.read_bytes()).hexdigest()[:8]
    stem = out.stem if out.suffix == '.pth' else out.name
    return move_into_place(whole, out.with_name(f'{stem}-{digest}.pth'))


def _write(content: Mapping, path: Path) -> None:
    # To an open file: torch would write the file's name into it, and its hash would depend on it.
    with path.open('wb') as file:
        torch.save(content, file)
