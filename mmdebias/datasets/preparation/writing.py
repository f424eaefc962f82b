"""Files that are absent, old or whole, never half-written."""

from __future__ import annotations

import os
from pathlib import Path


def temporary(path: Path) -> Path:
    """Where a file or folder is written before it gets its name; beside it, and hidden."""
    # The extension stays: encoders take the container from it.
    return path.with_name(f'.tmp-{path.name}')


def write_text(path: Path, text: str) -> None:
    """Write a text file and move it into place when it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary(path).write_text(text, encoding='utf-8')
    os.replace(temporary(path), path)
