"""Frames of a video by their numbers, right for every kind of file."""

from __future__ import annotations

import os
import warnings
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from .decoding import UnsureError, counted_frames, sought_frames
from .index import VideoIndex, index_by_decoding, index_video
from .index_file import find_used
from .opening import VideoReadError, reason
from .passing import NO_PACKETS
from .pixels import Box, Converter, Pixels
from .with_decord import decord_frames

# Indexes are kept for so many files a process: one takes up to some 10 kB.
KEPT = 4096

# Of what "frame i" means. Features and masks of readers with another version are of other frames:
# version 1 was decord's.
READER_VERSION = 2

# What is made of the part at a place.
Finish = Callable[[int, Pixels], Pixels]

_kept: OrderedDict[str, tuple[int, int, VideoIndex]] = OrderedDict()


def find_index(path: str | Path) -> VideoIndex:
    """Return the index of a video; it is kept as long as the file does not change.

    An index file given to :func:`mmdebias.video.use_indexes` spares the reading.

    Args:
        path: The file.

    Raises:
        FileNotFoundError: there is no such file.
        VideoReadError: it cannot be read.
    """
    name = os.fspath(path)
    try:
        stat = os.stat(name)
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(f'{path} is missing.') from None
    except OSError as error:
        raise VideoReadError(f'{path} cannot be read: {reason(error)}.') from error
    known = _kept.get(name)
    if known is not None and known[:2] == (stat.st_size, stat.st_mtime_ns):
        _kept.move_to_end(name)
        return known[2]
    # What stands in a file that all processes share is not kept by each.
    written = find_used(name, stat.st_size, stat.st_mtime_ns)
    return _keep(name, stat, index_video(path)) if written is None else written


def _keep(name: str, stat: os.stat_result, index: VideoIndex) -> VideoIndex:
    """Keep an index with what the file was before it was read: it may have been replaced since."""
    _kept[name] = (stat.st_size, stat.st_mtime_ns, index)
    _kept.move_to_end(name)
    while len(_kept) > KEPT:
        _kept.popitem(last=False)
    return index


def count_frames(path: str | Path) -> int:
    """Return how many frames decoding the whole file in order gives.

    Args:
        path: The file.

    Raises:
        FileNotFoundError: there is no such file.
        VideoReadError: it cannot be opened, has no film, or none of its frames can be decoded.
    """
    return find_index(path).frames


def read_frames(path: str | Path, indices: Sequence[int] | npt.NDArray[np.integer]) -> Pixels:
    """Decode frames of a video.

    Frame ``i`` is frame ``i`` of what decoding the whole file in order gives, upright as a player
    shows it. Each frame is decoded once, however often it is asked for.

    Args:
        path: The file.
        indices: Numbers of the frames, from 0, in any order and with repeats, int ``[N]``.

    Returns:
        RGB, uint8 ``[N, H, W, 3]``.

    Raises:
        FileNotFoundError: there is no such file.
        IndexError: a number beyond the frames of the video.
        TypeError: numbers that are not whole.
        VideoReadError: it cannot be opened, has no film, or none of its frames can be decoded.
    """
    numbers = np.asarray(indices).reshape(-1)
    if len(numbers) and not np.issubdtype(numbers.dtype, np.integer):
        raise TypeError(f'indices are {numbers.dtype}; frames are told by whole numbers.')
    distinct, back = np.unique(numbers, return_inverse=True)
    frames = read_parts(path, [(int(number), None) for number in distinct])
    if not frames:
        index = find_index(path)
        return np.empty((0, index.height, index.width, 3), np.uint8)
    return np.stack(frames)[back]


def each_frame(path: str | Path) -> Iterator[Pixels]:
    """Decode a video in order; only one frame is held at a time.

    Args:
        path: The file.

    Yields:
        RGB, uint8 ``[H, W, 3]``, upright.

    Raises:
        FileNotFoundError: there is no such file.
        VideoReadError: it cannot be opened, has no film, or none of its frames can be decoded.
    """
    index = find_index(path)
    converter, count = Converter(index.upright, index.width, index.height), 0
    for _, frame in counted_frames(path, range(index.frames)):
        yield converter.rgb(frame)
        count += 1
    if count < index.frames:
        _recount(path, index, 'some of its frames cannot be decoded')


def read_parts(
    path: str | Path,
    parts: Sequence[tuple[int, Box | None]],
    reader: str = 'pyav',
    finish: Finish | None = None,
) -> list[Pixels]:
    """Decode parts of frames; only what is wanted of a frame is converted to RGB.

    Args:
        path: The file.
        parts: For each part the number of its frame, from 0, and its box in the upright frame (x1,
            y1, x2, y2 in pixels, the last two excluded), or None for the whole frame.
        reader: 'pyav'; or 'decord', for those files that it is known to read right.
        finish: What is made of a part, given its place in ``parts`` and its pixels, which it may
            change. It is called once a frame is decoded: a smaller result then takes the place of
            the whole frame in memory, and in the processor's caches. Where a file has to be read
            again, it is called again.

    Returns:
        Each part, RGB, uint8 ``[h, w, 3]``, or what ``finish`` made of it. They share no memory.

    Raises:
        FileNotFoundError: there is no such file.
        IndexError: a number beyond the frames of the video.
        ValueError: a box that is empty or reaches beyond the frame.
        VideoReadError: it cannot be opened, has no film, or none of its frames can be decoded.
    """
    index = find_index(path)
    uses = _uses(path, index, parts)
    found = decord_frames(path, index, list(uses)) if reader == 'decord' else None
    if found is not None:
        whole = dict(zip(uses, found))
        boxes = [(whole[number], box or (0, 0, index.width, index.height)) for number, box in parts]
        cut = [frame[y1:y2, x1:x2].copy() for frame, (x1, y1, x2, y2) in boxes]
        return [finish(place, part) for place, part in enumerate(cut)] if finish else cut
    try:
        return _read(path, index, parts, uses, finish)
    except UnsureError as error:
        index = _recount(path, index, f'its frames are not where its packets say ({error})')
        # There may be fewer frames than the packets said.
        return _read(path, index, parts, _uses(path, index, parts), finish)


def _recount(path: str | Path, wrong: VideoIndex, doubt: str) -> VideoIndex:
    """Count the frames of a file whose packets have misled; warn where there are others.

    What was read before the damage was met, and stands behind it, was of other numbers.
    """
    stat = os.stat(path)
    # Nothing is passed over any more.
    index = replace(index_by_decoding(path, doubt), passable=NO_PACKETS)
    _keep(os.fspath(path), stat, index)
    if index.frames != wrong.frames:
        warnings.warn(
            f'{path} has {index.frames} frames and not {wrong.frames}, as its packets say: '
            f'{doubt}. It is read right from now on; frames behind the damage that were '
            'read before may have been neighbours of those asked for. An index by prepare.py, '
            'which decodes each video once, is right from the start.',
            stacklevel=3,
        )
    return index


def _uses(
    path: str | Path, index: VideoIndex, parts: Sequence[tuple[int, Box | None]]
) -> dict[int, list[int]]:
    """Return each frame's number, ascending, and the places in ``parts`` where it is used."""
    uses: dict[int, list[int]] = defaultdict(list)
    for place, (number, box) in enumerate(parts):
        if not 0 <= number < index.frames:
            raise IndexError(
                f'{path} has {index.frames} frame(s), 0 to {index.frames - 1}; frame {number} was '
                'asked for.'
            )
        if box is not None and not (
            0 <= box[0] < box[2] <= index.width and 0 <= box[1] < box[3] <= index.height
        ):
            raise ValueError(
                f'{box} is no part of the frames of {path}, which are {index.width} wide and '
                f'{index.height} high: give x1, y1, x2, y2.'
            )
        uses[number].append(place)
    return {number: uses[number] for number in sorted(uses)}


def _read(
    path: str | Path,
    index: VideoIndex,
    parts: Sequence[tuple[int, Box | None]],
    uses: dict[int, list[int]],
    finish: Finish | None,
) -> list[Pixels]:
    if not uses:
        return []
    converter = Converter(index.upright, index.width, index.height)
    way = (
        counted_frames(path, list(uses), index.passable)
        if index.doubt
        else sought_frames(path, index, list(uses))
    )
    pixels: dict[int, Pixels] = {}
    for number, frame in way:
        for place in uses[number]:
            part = converter.rgb(frame, parts[place][1])
            pixels[place] = part if finish is None else finish(place, part)
    return [pixels[place] for place in range(len(parts))]
