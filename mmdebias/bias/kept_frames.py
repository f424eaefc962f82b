"""Decoded frames that are kept for the next probe, in bounded memory."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mmdebias.ops.compositing import Picture
from mmdebias.video import RecountedError, VideoIndex, find_index, read_frames

MOST = 2 * 2**30
"""Bytes of the frames that are kept, of all processes together."""
# A video is decoded whole, so that no later probe has to open it again, unless it takes more than
# this share: of a film only the frames that are asked for are.
WHOLE = 1 / 32
Stamp = tuple[int, int, int]
"""What tells a file from another of its name: bytes, time of change, frames."""


class KeptFrames:
    """Frames of videos; those of the videos that were longest not asked for go first.

    Args:
        most: Bytes that are kept.
    """

    def __init__(self, most: int = MOST) -> None:
        self.most, self.held = most, 0
        self._videos: OrderedDict[str, tuple[Stamp, dict[int, Picture]]] = OrderedDict()

    def read(self, path: str | Path, numbers: Sequence[int] | NDArray[np.int_]) -> list[Picture]:
        """Return frames of a video by their numbers, see :func:`mmdebias.video.read_frames`.

        Args:
            path: The video.
            numbers: From 0, in any order and with repeats, N.

        Returns:
            N pictures, RGB, uint8 ``[H, W, 3]``, not to be written into: they are kept, and a frame
            that was asked for twice is there twice.

        Raises:
            FileNotFoundError: there is no such file.
            IndexError: a number beyond the frames of the video.
            RecountedError: the video turned out to have fewer frames than its index had said.
            VideoReadError: it cannot be decoded.
        """
        wanted = [int(number) for number in numbers]
        index = find_index(path)
        frames = self._take(path, index)
        missing = sorted(set(wanted) - set(frames))
        if missing:
            one = 3 * index.height * index.width
            if index.frames * one <= WHOLE * self.most and max(missing) < index.frames:
                missing = [number for number in range(index.frames) if number not in frames]
            self._let_go(self.most - one * (len(frames) + len(missing)))
            frames = {**frames, **_decoded(path, index, missing)}
        found = [frames[number] for number in wanted]
        self._keep(path, frames)
        return found

    def forget(self) -> None:
        """Keep nothing."""
        self._let_go(-1)

    def _take(self, path: str | Path, index: VideoIndex) -> dict[int, Picture]:
        """Take a video's frames out; none where the file is another by now."""
        known, frames = self._videos.pop(str(path), (None, {}))
        self.held -= _size(frames)
        return frames if known == _stamp(path, index) else {}

    def _keep(self, path: str | Path, frames: dict[int, Picture]) -> None:
        """Put a video's frames in, as the newest."""
        self._videos[str(path)] = _stamp(path, find_index(path)), frames
        self.held += _size(frames)
        self._let_go(self.most)

    def _let_go(self, most: int) -> None:
        """Let the oldest go until no more than some bytes are held."""
        while self._videos and self.held > most:
            _, (_, oldest) = self._videos.popitem(last=False)
            self.held -= _size(oldest)


def _stamp(path: str | Path, index: VideoIndex) -> Stamp:
    stat = os.stat(path)
    return stat.st_size, stat.st_mtime_ns, index.frames


def _decoded(path: str | Path, index: VideoIndex, numbers: list[int]) -> dict[int, Picture]:
    try:
        found = read_frames(path, numbers)
    except IndexError as error:
        if find_index(path).frames < index.frames:
            raise RecountedError(str(error)) from error
        raise
    found.flags.writeable = False
    return dict(zip(numbers, found))


def _size(frames: dict[int, Picture]) -> int:
    return sum(frame.nbytes for frame in frames.values())
