"""Results under names that say what decides them, in files that are whole or not there."""

import hashlib
import json
import os
import platform
from collections.abc import Iterable
from pathlib import Path

import mmaction
import mmengine
import torch

import mmdebias
from mmdebias.evaluation.video_list import Video


def digest(*parts: object) -> str:
    """A short name for what decides a result."""
    text = json.dumps([mmdebias.__version__, torch.__version__, *parts], default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def sha256_of(path: Path) -> str:
    """Of a file."""
    whole = hashlib.sha256()
    with path.open('rb') as file:
        while part := file.read(1 << 20):
            whole.update(part)
    return whole.hexdigest()


def versions() -> dict[str, str]:
    """Of what numbers depend on."""
    return dict(
        mmdebias=mmdebias.__version__,
        mmaction2=mmaction.__version__,
        mmengine=mmengine.__version__,
        torch=torch.__version__,
        python=platform.python_version(),
    )


def list_key(videos: Iterable[Video]) -> str:
    """Of files by name and size: reading them all would take as long as measuring."""
    return digest([[path, os.stat(path).st_size] for path, _ in videos])


def write(path: Path, text: str) -> None:
    """Write a file that is whole or not there."""
    part = path.with_name(f'.{path.name}.part')
    part.write_text(text, encoding='utf-8')
    os.replace(part, path)
