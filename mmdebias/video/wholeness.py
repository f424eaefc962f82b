"""Whether a video file ends where it says: what is cut reads as a shorter video otherwise."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

from .opening import VideoReadError

# Writers disagree by some bytes of padding.
SLACK = 16
RIFF, EBML, SEGMENT = b'RIFF', b'\x1a\x45\xdf\xa3', b'\x18\x53\x80\x67'
# What files of the ISO family (.mp4, .mov) begin with.
FIRST_BOXES = (b'ftyp', b'moov', b'mdat', b'free', b'skip', b'wide', b'pnot')


def check_whole(path: str | Path) -> None:
    """Raise VideoReadError if a video file has been cut.

    Decoders read such a file as a shorter video. Told are .mp4, .mov, .mkv, .webm and .avi, which
    state their sizes; one that was cut between two fragments, and streams such as .ts, are not.

    Args:
        path: The file; one that is not there, or cannot be opened, is the reader's to refuse.
    """
    try:
        size = os.stat(path).st_size
        with open(path, 'rb') as file:
            stated = stated_size(file, size)
    except OSError:
        return
    if stated > size + SLACK:
        raise VideoReadError(
            f'{path} is cut: it says that it has {stated:,} bytes, and there are {size:,}.'
        )


def stated_size(file: BinaryIO, size: int) -> int:
    """Return how many bytes a video file says that it has; 0 where it does not say.

    Args:
        file: Open, at its beginning.
        size: How many it has.
    """
    start = file.read(12)
    if start[:4] == RIFF:
        return _riff(file, size)
    if start[:4] == EBML:
        return _ebml(file)
    return _boxes(file, size) if start[4:8] in FIRST_BOXES else 0


def _riff(file: BinaryIO, size: int) -> int:
    """AVI: chunks of 4 bytes of name and 4 of size; films beyond 1 GB have several, ``AVIX``."""
    place = 0
    while place + 8 <= size:
        file.seek(place)
        name, length = file.read(4), int.from_bytes(file.read(4), 'little')
        # A writer that cannot go back to its beginning, as into a pipe, leaves one of these.
        if name != RIFF or length in (0, 0xFFFFFFFF):
            return 0
        place += 8 + length
    return place


def _boxes(file: BinaryIO, size: int) -> int:
    """ISO/IEC 14496-12, 4.2: 4 bytes of size and 4 of type, or 8 more of size; 0: to the end."""
    place = 0
    while place + 8 <= size:
        file.seek(place)
        length, kind = int.from_bytes(file.read(4), 'big'), file.read(4)
        if length == 1:
            length = int.from_bytes(file.read(8), 'big')
        # What is behind the film may be anything.
        if length < 8 or not kind.isalnum():
            return 0
        place += length
    return place


def _ebml(file: BinaryIO) -> int:
    """Matroska, RFC 8794: a head, and a segment with all else; a live stream states no size."""
    file.seek(4)
    head = _number(file)
    if head is None:
        return 0
    file.seek(head, os.SEEK_CUR)
    if file.read(4) != SEGMENT:
        return 0
    length = _number(file)
    return 0 if length is None else file.tell() + length


def _number(file: BinaryIO) -> int | None:
    """Read a number of 1 to 8 bytes, of which the zeros at the beginning tell how many."""
    first = file.read(1)
    if not first or not first[0]:
        return None
    more = 8 - first[0].bit_length()
    bits = 7 * (more + 1)
    value = int.from_bytes(first + file.read(more), 'big') & (1 << bits) - 1
    return None if value == (1 << bits) - 1 else value
