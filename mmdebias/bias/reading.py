"""Frames of videos other than the one that a pipeline has decoded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import decord
import numpy as np
from numpy.typing import NDArray

from mmdebias.ops.compositing import Picture


def video_path(root: str | Path, video: str) -> Path:
    """Return the file of a video of a list; as in MMAction2's readers, '.mp4' where it has no
    ending."""
    path = Path(root, video)
    return path if path.suffix else path.with_name(f'{path.name}.mp4')


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
    if not path.is_file():
        raise FileNotFoundError(f'{path} is missing: correct data_root, or the manifest.')
    try:
        reader = decord.VideoReader(str(path), num_threads=1)
        chosen = np.asarray(choose(len(reader)))
        # Each once: batches may ask for a frame several times.
        distinct, back = np.unique(chosen, return_inverse=True)
        return reader.get_batch(distinct).asnumpy()[back.reshape(-1)], chosen, len(reader)
    except (decord.DECORDError, RuntimeError, IndexError) as error:
        # decord appends its C++ stack to the message.
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise RuntimeError(
            f'{path} cannot be decoded: {reason}. Mend it, or take it out of the list.'
        ) from error


def spread(total: int, most: int) -> NDArray[np.int_]:
    """Return up to ``most`` of ``total`` frames, evenly spread over the video."""
    count = min(total, most)
    return ((np.arange(count) + 0.5) * total / count).astype(int)
