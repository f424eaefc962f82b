"""Which file is which video."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from .annotations import Sample

VIDEOS = ('.avi', '.mp4', '.webm', '.mkv', '.mov')


def by_name(path: Path) -> str:
    """Return the key of a video: its file name without extension."""
    return path.stem


def by_name_in_any_case(path: Path) -> str:
    """Return the key of a video: its file name without extension, in lower case."""
    return path.stem.lower()


def by_class_and_name(path: Path) -> str:
    """Return the key of a video: folder and file name without extension."""
    return f'{path.parent.name}/{path.stem}'


def index_videos(folders: Sequence[Path], key: Callable[[Path], str] = by_name) -> dict[str, Path]:
    """Return videos in and below the folders, by key.

    Where two files have the same key, that of the folder named later counts: so videos that were
    repaired can be given behind the archives with the broken ones.

    Args:
        folders: Where to look. Hidden files are passed over.
        key: Key of a path.
    """
    found = {}
    for top in folders:
        for folder, inner, names in os.walk(top, followlinks=True):
            inner[:] = sorted(name for name in inner if not name.startswith('.'))
            for name in sorted(names):
                path = Path(folder, name)
                if path.suffix.lower() in VIDEOS and name[0] != '.' and path.is_file():
                    found[key(path)] = path
    return found


def match(
    samples: Sequence[Sample], videos: dict[str, Path]
) -> tuple[dict[Sample, Path], list[Sample]]:
    """Return the file of each sample, and the samples without a file, both in the order of the
    samples."""
    found, missing = {}, []
    for sample in samples:
        path = next((videos[key] for key in sample.keys if key in videos), None)
        if path is None:
            missing.append(sample)
        else:
            found[sample] = path
    return found, missing
