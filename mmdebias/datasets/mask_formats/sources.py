"""What every source of masks gives: its videos' names, and a reader for each."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import TypeVar

from mmdebias.files import VIDEO_ENDINGS
from mmdebias.ops.compositing import Mask

from ..mask_files import ends_of, leads_out

Reader = Callable[[], Mask]
"""Returns the masks of all frames of one video, bool ``[T, H, W]``; raises ValueError or OSError
where the source has no such masks of it."""

Readers = Mapping[str, Reader]
"""Readers by the names of the videos in the source, with slashes and without an ending."""

Entry = TypeVar('Entry')


def without_ending(video: str) -> str:
    """Return a video's name without its ending, with slashes; other dots belong to the name."""
    path = PurePosixPath(video)
    return str(path.with_suffix('') if path.suffix.lower() in VIDEO_ENDINGS else path)


def names_below(videos: Sequence[str]) -> dict[str, str]:
    """Return what the videos of a list are called below a folder of masks.

    Args:
        videos: As in the list, with their endings.

    Returns:
        By video its name without its ending. Of whole paths, and those that lead out of the list's
        folder, the folders are left out that all of them begin with.
    """
    names = {video: without_ending(video) for video in videos}
    whole = {video: ends_of(name)[0] for video, name in names.items() if leads_out(name)}
    if whole:
        common = os.path.commonpath([path.parent for path in whole.values()])
        names |= {video: path.relative_to(common).as_posix() for video, path in whole.items()}
    return names


def find_entry(entries: Mapping[str, Entry], stem: str) -> Entry | None:
    """Return a video's entry, None where there is none.

    A list may name a video by more folders than a source does, such as ``val/archery/a`` for
    ``archery/a``, or by fewer, ``a``: the longest end of the name that is known counts.

    Args:
        entries: By the names of the source.
        stem: The video as in the list, with slashes and without its ending.

    Raises:
        ValueError: the video is named by fewer folders than in the source, which has several of
            that name.
    """
    parts = stem.split('/')
    for start in range(len(parts)):
        end = '/'.join(parts[start:])
        if end in entries:
            return entries[end]
    below = [name for name in entries if name.endswith(f'/{stem}')]
    if len(below) > 1:
        raise ValueError(
            f'{stem} may be any of {", ".join(sorted(below)[:3])}: name it in the list with its '
            'folder.'
        )
    return entries[below[0]] if below else None
