"""Which packets need not be decoded where frames are counted from the start of a file.

In MPEG-4 Visual no frame needs a B-frame (ISO/IEC 14496-2, 7.6.9), and a decoder shows it at once:
what it would show is known once the file has been decoded. Some .avi files pack a B-frame behind
the frame that it needs, and let a packet of a few bytes stand where it is shown ("packed
bitstream"); a decoder then works on what an earlier packet brought.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from av.video.frame import PictureType, VideoFrame

from .keyframes import B_PICTURE, LEAST_MPEG4_PICTURE, MPEG4_PICTURE

# ISO/IEC 14496-2, 6.2.1: what all headers begin with.
START = b'\x00\x00\x01'
P_PICTURE = 1

Packets = npt.NDArray[np.int64]
NO_PACKETS: Packets = np.empty(0, np.int64)


class SeenPacket(NamedTuple):
    """What is known of a packet that has been decoded.

    Attributes:
        b_pictures: Number of B-frames that it brings.
        nothing_else: It brings B-frames only, or what stands for a frame that was left out.
        gave_b: Decoding gave one B-frame and no other.
    """

    b_pictures: int
    nothing_else: bool
    gave_b: bool


def seen_packet(packet: memoryview, frames: Sequence[VideoFrame]) -> SeenPacket:
    """Return what is known of a packet of MPEG-4.

    Args:
        packet: Its bytes.
        frames: What decoding it gave.
    """
    data = bytes(packet)
    kinds = [part[0] >> 6 if part else P_PICTURE for part in data.split(MPEG4_PICTURE)[1:]]
    harmless = {B_PICTURE} if len(data) >= LEAST_MPEG4_PICTURE else {B_PICTURE, P_PICTURE}
    return SeenPacket(
        b_pictures=kinds.count(B_PICTURE),
        nothing_else=harmless.issuperset(kinds) and data.count(START) == len(kinds),
        gave_b=[frame.pict_type for frame in frames] == [PictureType.B],
    )


def passable_packets(seen: Sequence[SeenPacket]) -> Packets:
    """Return which packets of a file need not be decoded, ascending, int64.

    They come in runs, of which the rest can be passed over from any packet on. A run is one only
    where all B-frames that it gives are brought by its packets and the one before: then nothing is
    left in the decoder that a later packet would find.

    Args:
        seen: All packets of the file in their order.
    """
    found: list[int] = []
    for gave_b, places in groupby(range(len(seen)), key=lambda place: seen[place].gave_b):
        run = list(places)
        if gave_b and run[0] and all(seen[place].nothing_else for place in run):
            brought = sum(seen[place].b_pictures for place in (run[0] - 1, *run))
            found += run if brought == len(run) else []
    return np.array(found, np.int64)


def left_of_runs(passable: Packets) -> dict[int, int]:
    """Return for each packet that can be passed over how many its run has from it on.

    Args:
        passable: Result of :func:`passable_packets`.
    """
    left: dict[int, int] = {}
    for place in reversed(passable.tolist()):
        left[place] = left.get(place + 1, 0) + 1
    return left
