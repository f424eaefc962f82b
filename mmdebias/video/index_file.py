"""One file with the indexes of many videos, shared by all processes of a machine.

It is mapped into memory, not read: workers share its pages, and only those that are looked at are
loaded. Its parts, one behind the other, each from a multiple of 64 bytes on:

1. ``MAGIC`` and the length of the header in bytes, a 64-bit number; the header, JSON: number of
   videos and of key frames, and the words that entries name by number;
2. the first halves of the names' digests, ascending, 64 bits each;
3. an entry a video in the same order, see ``ENTRY``;
4. numbers of key frames, 32 bits each; of a video whose frames are counted, the packets that can be
   passed over.

Where not all timestamps of decoding have one distance from those of showing, the distances stand
behind the numbers of key frames.
"""

from __future__ import annotations

import json
import mmap
import os
from array import array
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from mmdebias.files import replacing

from .index import Timestamps, VideoIndex
from .pixels import Orientation

# Data sets look for a file of this name beside their list.
BESIDE_LIST = 'video_index.bin'

MAGIC = b'mmdebias video index 1\n\x00'

# ``name`` is the second half of the digest. Timestamps are ``first + step * number``, rounded;
# those of decoding are ``delay`` later. ``keys`` numbers of key frames or packets stand
# from ``keys_from`` on.
ENTRY = np.dtype(
    [
        ('name', '<u8'),
        ('size', '<i8'),
        ('mtime_ns', '<i8'),
        ('first', '<i8'),
        ('step', '<f8'),
        ('delay', '<i8'),
        ('fps', '<f8'),
        ('keys_from', '<i8'),
        ('keys', '<u4'),
        ('frames', '<u4'),
        ('stated', '<u4'),
        ('width', '<u4'),
        ('height', '<u4'),
        ('codec', '<u2'),
        ('container', '<u2'),
        ('doubt', '<u2'),
        ('turns', 'u1'),
        ('flags', 'u1'),
    ]
)
MIRRORED, PLAIN, AGAIN, INTRA, DELAYS, CHANGES_SIZE = 1, 2, 4, 8, 16, 32

Entry = tuple[int, int, VideoIndex]


def compact(index: VideoIndex) -> dict[str, Any]:
    """Return what an index says in a few numbers, fit for JSON.

    Where timestamps are irregular, or key frames are not among those shown, ``times`` is None: the
    file is to be demuxed again.

    Args:
        index: Of a video.
    """
    return dict(
        frames=index.frames,
        stated=index.stated,
        width=index.width,
        height=index.height,
        fps=index.fps,
        codec=index.codec,
        container=index.container,
        turns=index.upright.turns,
        mirrored=index.upright.mirrored,
        doubt=index.doubt,
        plain=index.plain,
        changes_size=index.changes_size,
        times=None if index.doubt else _times(index),
        passable=index.passable.tolist(),
    )


def expand(facts: Mapping[str, Any]) -> VideoIndex | None:
    """Return the index that :func:`compact` was given; None where it could not keep it.

    Args:
        facts: Result of :func:`compact`.
    """
    times = facts['times']
    if times is None and not facts['doubt']:
        return None
    kept = {name: facts[name] for name in _KEPT}
    upright = Orientation(facts['turns'], facts['mirrored'])
    if times is None:
        # Journals of earlier versions say nothing of it.
        passable = np.asarray(facts.get('passable', ()), np.int64)
        return VideoIndex(**kept, upright=upright, passable=passable)
    pts = _line(times['first'], times['step'], facts['frames'])
    key_pts = pts if times['keys'] is None else pts[np.asarray(times['keys'], np.int64)]
    return VideoIndex(
        **kept,
        upright=upright,
        pts=pts,
        key_pts=key_pts,
        key_dts=key_pts + np.asarray(times['delay'], np.int64),
    )


_KEPT = (
    'frames', 'stated', 'width', 'height', 'fps', 'codec', 'container', 'doubt', 'plain',
    'changes_size',
)  # fmt: skip


def _times(index: VideoIndex) -> dict[str, Any] | None:
    """Return first timestamp, step, delay of decoding or a list of them, and numbers of key frames
    (None: all)."""
    pts, delays = index.pts, index.key_dts - index.key_pts
    numbers = np.searchsorted(pts, index.key_pts)
    shown = np.array_equal(pts[np.minimum(numbers, index.frames - 1)], index.key_pts)
    if not shown or np.abs(delays).max() >= 1 << 31:
        return None
    delay = delays.tolist() if (delays != delays[0]).any() else int(delays[0])
    first = int(pts[0])
    steps = [int(pts[-1] - first) / max(index.frames - 1, 1)]
    if index.fps > 0:
        # Matroska rounds to milliseconds.
        steps.append(1000 / index.fps)
    for step in steps:
        if np.array_equal(_line(first, step, index.frames), pts):
            keys = None if index.intra else numbers.tolist()
            return dict(first=first, step=step, delay=delay, keys=keys)
    return None


def _line(first: int, step: float, frames: int) -> Timestamps:
    numbers = np.arange(frames, dtype=np.int64)
    if step == int(step):
        return first + int(step) * numbers
    rounded: Timestamps = np.floor(numbers * step + 0.5).astype(np.int64)
    return first + rounded


def _digest(name: str) -> tuple[int, int]:
    digest = blake2b(name.encode(errors='surrogateescape'), digest_size=16).digest()
    return int.from_bytes(digest[:8], 'little'), int.from_bytes(digest[8:], 'little')


def write_indexes(
    path: str | Path, entries: Mapping[str, Entry] | Iterable[tuple[str, Entry]]
) -> None:
    """Write indexes of videos to a file for :class:`IndexFile`; it appears when it is whole.

    Args:
        path: Of the file to write.
        entries: By the videos' paths below the file's folder, with slashes: size in bytes, time of
            the last change in nanoseconds, index. Pairs may come one by one; of two with the same
            name, the later one counts. Of an index that :func:`compact` cannot keep, it is noted
            that the video has to be read again.
    """
    if isinstance(entries, Mapping):
        entries = entries.items()
    words: dict[str, int] = {}
    rows: dict[tuple[int, int], tuple[Any, ...]] = {}
    keys = array('I')
    for name, (size, mtime_ns, index) in entries:
        digest, facts = _digest(name), compact(index)
        times = facts['times'] or dict(first=0, step=0.0, delay=0, keys=facts['passable'])
        numbers, delay = times['keys'] or [], times['delay']
        several = isinstance(delay, list)
        rows[digest] = (
            digest[1],
            size,
            mtime_ns,
            times['first'],
            times['step'],
            len(delay) if several else delay,
            facts['fps'],
            len(keys),
            len(numbers),
            *(facts[part] for part in ('frames', 'stated', 'width', 'height')),
            *(
                words.setdefault(facts[part], len(words))
                for part in ('codec', 'container', 'doubt')
            ),
            facts['turns'],
            _flags(facts, times),
        )
        keys.extend(numbers)
        keys.extend(value & 0xFFFFFFFF for value in (delay if several else ()))
    names = sorted(rows)
    header = json.dumps(dict(videos=len(names), keys=len(keys), words=list(words))).encode()
    with replacing(path) as unfinished, unfinished.open('wb') as file:
        file.write(MAGIC + len(header).to_bytes(8, 'little') + header)
        for part in (
            np.array([first for first, _ in names], '<u8'),
            np.array([rows[name] for name in names], ENTRY),
            np.frombuffer(keys, np.uint32).astype('<u4'),
        ):
            _pad(file)
            file.write(part.tobytes())


def _flags(facts: Mapping[str, Any], times: Mapping[str, Any]) -> int:
    flags: int = (
        MIRRORED * facts['mirrored']
        | PLAIN * facts['plain']
        | CHANGES_SIZE * facts['changes_size']
        | AGAIN * (facts['times'] is None and not facts['doubt'])
        | INTRA * (times['keys'] is None)
        | DELAYS * isinstance(times['delay'], list)
    )
    return flags


def _pad(file: BinaryIO) -> None:
    file.write(bytes(-file.tell() % 64))


class IndexFile:
    """Reads indexes from a file of :func:`write_indexes`.

    Args:
        path: The file.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no such file, or is incomplete.
    """

    def __init__(self, path: str | Path) -> None:
        wrong = ValueError(
            f'{path} is no index of videos that this version reads: remove it, or run prepare.py '
            'again, which writes it.'
        )
        with Path(path).open('rb') as file:
            head = file.read(len(MAGIC) + 8)
            if head[:-8] != MAGIC:
                raise wrong
            length = int.from_bytes(head[-8:], 'little')
            try:
                header = json.loads(file.read(length))
                mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
                self._names, self._entries, self._keys = _parts(
                    mapped, len(head) + length, header['videos'], header['keys']
                )
            except ValueError as error:  # also what is not JSON or UTF-8, and a file too short
                raise wrong from error
        self.videos: int = header['videos']
        self._words: list[str] = header['words']

    def __len__(self) -> int:
        return self.videos

    def find(self, name: str, size: int, mtime_ns: int) -> VideoIndex | None:
        """Return the index of a video, or None where it has to be read from the video.

        That is so where the file does not name the video, where the video has changed, and where it
        has too many timestamps to keep.

        Args:
            name: Path of the video below the folder of the index file, with slashes.
            size: Of the video now, in bytes.
            mtime_ns: When it was changed last, in nanoseconds.
        """
        first, second = _digest(name)
        place = int(np.searchsorted(self._names, np.uint64(first)))
        while place < self.videos and self._names[place] == first:
            entry = dict(zip(ENTRY.names or (), self._entries[place].item()))
            if entry['name'] == second:
                changed = (entry['size'], entry['mtime_ns']) != (size, mtime_ns)
                return None if changed or entry['flags'] & AGAIN else self._index(entry)
            place += 1
        return None

    def _index(self, entry: dict[str, Any]) -> VideoIndex | None:
        place, count, delay = entry['keys_from'], entry['keys'], entry['delay']
        if entry['flags'] & DELAYS:
            delay = self._keys[place + count : place + count + delay].view(np.int32)
        keys = None if entry['flags'] & INTRA else self._keys[place : place + count]
        facts = {
            **entry,
            **{part: self._words[entry[part]] for part in ('codec', 'container', 'doubt')},
            'mirrored': bool(entry['flags'] & MIRRORED),
            'plain': bool(entry['flags'] & PLAIN),
            'changes_size': bool(entry['flags'] & CHANGES_SIZE),
        }
        facts['times'] = None if facts['doubt'] else {**entry, 'keys': keys, 'delay': delay}
        facts['passable'] = keys
        return expand(facts)


def _parts(mapped: mmap.mmap, place: int, videos: int, keys: int) -> list[npt.NDArray[Any]]:
    """Return what stands behind the header, which ends at ``place``."""
    parts: list[npt.NDArray[Any]] = []
    for kind, count in ((np.dtype('<u8'), videos), (ENTRY, videos), (np.dtype('<u4'), keys)):
        start = place + -place % 64
        place = start + kind.itemsize * count
        if place > len(mapped):
            raise ValueError(f'{len(mapped)} of {place} bytes')
        parts.append(np.ndarray(count, kind, mapped, start))
    return parts


_used: dict[str, IndexFile] = {}


def use_indexes(path: str | Path) -> None:
    """Let ``find_index`` look into an index file before it reads a video below the file's folder.

    Holds for this process and for those that it forks.

    Args:
        path: A file of :func:`write_indexes`.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no such file, or is incomplete.
    """
    folder = os.path.join(os.path.dirname(os.path.abspath(path)), '')
    _used[folder] = IndexFile(path)


def find_used(path: str, size: int, mtime_ns: int) -> VideoIndex | None:
    """Return what the index files in use say of a video; None where they do not know it.

    Args:
        path: The video.
        size: In bytes.
        mtime_ns: When it was changed last, in nanoseconds.
    """
    if not _used:
        return None
    path = os.path.abspath(path)
    for folder, file in _used.items():
        if path.startswith(folder):
            name = path[len(folder) :].replace(os.sep, '/')
            index = file.find(name, size, mtime_ns)
            if index is not None:
                return index
    return None
