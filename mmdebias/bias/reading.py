"""Frames of the videos of a list."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch.utils.data import get_worker_info

from mmdebias.datasets.reading_steps import within
from mmdebias.ops.compositing import Picture
from mmdebias.video import (
    RecountedError,
    VideoIndex,
    VideoReadError,
    check_whole,
    count_frames,
    find_index,
    with_ending,
)

from .kept_frames import MOST, KeptFrames

REMEDY = 'Mend it, or take it out of the list.'


def video_path(root: str | Path, name: str) -> Path:
    """Return the file of a video of a list."""
    return with_ending(Path(root, name))


def read_frames(
    path: Path, choose: Callable[[int], NDArray[np.int_]]
) -> tuple[list[Picture], NDArray[np.int_], int]:
    """Return some frames of a video; they are decoded once and kept, see :func:`kept_frames`.

    Args:
        path: The video.
        choose: From the number of frames to the numbers, from 0, of those wanted, int ``[S]``.

    Returns:
        Frames, RGB, uint8 ``[H, W, 3]`` each, S, not to be written into; their numbers; the number
        of frames of the video.

    Raises:
        FileNotFoundError: there is no such file.
        VideoReadError: it cannot be decoded, or has been cut.
    """

    def read() -> tuple[list[Picture], NDArray[np.int_], int]:
        check_whole(path)
        total = count_frames(path)
        chosen = np.asarray(choose(total)).reshape(-1)
        return kept_frames().read(path, chosen), chosen, count_frames(path)

    try:
        try:
            return read()
        except RecountedError:  # by now it is known how many there are
            return read()
    except FileNotFoundError:
        raise FileNotFoundError(f'{path} is missing: correct data_root, or the manifest.') from None
    except VideoReadError as error:
        raise VideoReadError(f'{error} {REMEDY}') from error


def readable_index(path: Path, time_limit: float | None = None) -> VideoIndex:
    """Return the index of a video, which is kept.

    Args:
        path: The video.
        time_limit: Seconds that it may take; None is for ever.

    Raises:
        FileNotFoundError: there is no such file.
        VideoReadError: it cannot be read, has been cut, or takes longer.
    """

    check_whole_file(path)
    try:
        index: VideoIndex = within(time_limit, partial(find_index, path))
    except TimeoutError as error:
        raise VideoReadError(f'{path}: {error}. {REMEDY}') from error
    except VideoReadError as error:
        raise VideoReadError(f'{error} {REMEDY}') from error
    return index


def check_whole_file(path: Path) -> None:
    """Raise VideoReadError where a file of a list has been cut."""
    try:
        check_whole(path)
    except VideoReadError as error:
        raise VideoReadError(f'{error} {REMEDY}') from error


def kept_frames() -> KeptFrames:
    """Return the frames that this process keeps: 2 GiB, or its share where it is one of several
    workers of a loader."""
    worker = get_worker_info()
    _kept.most = MOST // (1 if worker is None else worker.num_workers)
    return _kept


_kept = KeptFrames()


def spread(total: int, most: int) -> NDArray[np.int_]:
    """Return up to ``most`` of ``total`` frames, evenly spread over the video."""
    count = min(total, most)
    return ((np.arange(count) + 0.5) * total / count).astype(int)
