"""Writing checkpoint files that are whole or not there."""

import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import torch


def save(content: Mapping, out: str | Path) -> Path:
    """Write a file under its name; its folder is made.

    Args:
        content: What to save.
        out: The file.

    Returns:
        The file written.
    """
    with _partial(content, Path(out)) as partial:
        return partial.replace(out)


def publish(content: Mapping, out: str | Path) -> Path:
    """Write a file under its name with its hash, `NAME-HASH.pth`, as OpenMMLab does.

    Args:
        content: What to save.
        out: The file, with or without `.pth`; its folder is made.

    Returns:
        The file written. `HASH` is the first 8 digits of its SHA-256.
    """
    out = Path(out)
    with _partial(content, out) as partial:
        digest = hashlib.sha256(partial.read_bytes()).hexdigest()[:8]
        stem = out.stem if out.suffix == '.pth' else out.name
        return partial.replace(out.with_name(f'{stem}-{digest}.pth'))


@contextmanager
def _partial(content: Mapping, out: Path) -> Iterator[Path]:
    """The content in a file beside its place, to be renamed: an interruption leaves no half file.

    Saved to an open file: torch would otherwise write the file's name into it, and its hash would
    depend on it.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=out.parent, suffix='.part')
    partial = Path(name)
    try:
        with os.fdopen(handle, 'wb') as file:
            torch.save(content, file)
        partial.chmod(0o644)
        yield partial
    finally:
        partial.unlink(missing_ok=True)
