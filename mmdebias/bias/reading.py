"""Frames of videos other than the one that a pipeline has decoded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mmdebias.ops.compositing import Picture
from mmdebias.video import VideoReadError, count_frames, with_ending
from mmdebias.video import read_frames as frames_at


def video_path(root: str | Path, name: str) -> Path:
    """Return the file of a video of a list."""
    return with_ending(Path(root, name))


def read_frames(
    path: Path, choose: Callable[[int], NDArray[np.int_]]
) -> tuple[Picture, NDArray[np.int_], int]:
    """Decode some frames of a video.

    Args:
        path: The video.
        choose: From the number of frames to the numbers, from 0, of those wanted, int ``[S]``.

    Returns:
        Frames, RGB, uint8 ``[S, H, W, 3]``; their numbers; the number of frames of the video.

    Raises:
        FileNotFoundError: there is no such file.
        RuntimeError: it cannot be decoded.
    """
    try:
        chosen = np.asarray(choose(count_frames(path)))
        return frames_at(path, chosen.reshape(-1)), chosen, count_frames(path)
    except FileNotFoundError:
        raise FileNotFoundError(f'{path} is missing: correct data_root, or the manifest.') from None
    except VideoReadError as error:
        raise RuntimeError(f'{error} Mend it, or take it out of the list.') from error


def spread(total: int, most: int) -> NDArray[np.int_]:
    """Return up to ``most`` of ``total`` frames, evenly spread over the video."""
    count = min(total, most)
    return ((np.arange(count) + 0.5) * total / count).astype(int)
