"""Decoding with decord those files that it reads right."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from .index import VideoIndex
from .pixels import Pixels

READERS = ('pyav', 'decord')

# decord pads rows to 32 pixels and takes padded rows of four bytes a pixel for pictures with four
# channels (https://github.com/dmlc/decord/issues/336); below 32 every width is of that kind.
LEAST_WIDTH, MISREAD_WIDTHS = 32, (48, 72)

# Where it was seen to be right, with gaps, repeats and every start.
CODECS = ('h264', 'hevc', 'vp9', 'mpeg4', 'mjpeg')


def check_reader(reader: str) -> None:
    """Raise a ValueError for an unknown reader, and an ImportError for decord where it is missing.

    Args:
        reader: One of :data:`READERS`.
    """
    if reader not in READERS:
        raise ValueError(f'reader={reader!r} is none of {READERS}.')
    if reader == 'decord':
        _decord()


def _decord() -> Any:
    try:
        # decord2 lies in the same folder and is another program.
        version('decord')
        import decord
    except (ImportError, PackageNotFoundError) as error:
        raise ImportError(
            "reader='decord': decord is not installed (pip install decord; there are wheels for "
            "Linux and Windows on x86-64). reader='pyav' needs nothing more, and is faster."
        ) from error
    return decord


def is_right_for_decord(index: VideoIndex) -> bool:
    """Return whether decord gives the frames of a file that are asked for.

    Args:
        index: Of the file.
    """
    return (
        index.plain
        and index.codec in CODECS
        and not index.upright.mirrored
        and index.width >= LEAST_WIDTH
        and index.width not in MISREAD_WIDTHS
    )


def decord_frames(
    path: str | Path, index: VideoIndex, numbers: Sequence[int]
) -> list[Pixels] | None:
    """Decode frames with decord, where it is right for the file.

    Args:
        path: The file.
        index: Of the file.
        numbers: Of the frames.

    Returns:
        RGB, uint8 ``[H, W, 3]`` each; None where decord is not right, or refuses the file, as it
        does those that do not state how long they are.
    """
    if not is_right_for_decord(index):
        return None
    decord = _decord()
    try:
        # With more threads than one, two-pass VP9 is an error. An absolute path: FFmpeg takes a
        # bare name with a colon for a protocol.
        video = decord.VideoReader(str(Path(path).absolute()), num_threads=1)
        return list(video.get_batch(list(numbers)).asnumpy())
    except (decord.DECORDError, RuntimeError, IndexError):
        return None
