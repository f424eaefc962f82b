"""In which order a decoder of H.265 shows pictures, by what their slices say.

Timestamps should agree. In films that were joined without encoding, at a picture that is no IDR
picture, the order begins again below what came before: a decoder leaves pictures out, or shows them
among others.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from .bits import Bits
from .keyframes import LAST_H265_SLICE, nal_units
from .watching import PacketWatch, sized_unit

# ITU-T H.265, table 7-1.
IDR_SLICES, SEQUENCE_SET, PICTURE_SET = (19, 20), 33, 34
# Pictures that others' order is not told from (8.3.1): leading ones, and those without references.
ASIDE = (0, 2, 4, 6, 7, 8, 9, 10, 12, 14)
HEADER = 40


class _Sequence(NamedTuple):
    """What is needed of a sequence parameter set."""

    order_bits: int
    separate_planes: bool


class _Picture(NamedTuple):
    """What is needed of a picture parameter set."""

    sequence: int
    states_output: bool
    extra_bits: int


class PictureOrder(PacketWatch):
    """Follows the order of pictures through a file of H.265."""

    def __init__(self, setup: bytes, length_bytes: int) -> None:
        self.sequences: dict[int, _Sequence] = {}
        self.pictures: dict[int, _Picture] = {}
        self.places: list[tuple[int, int]] = []
        self.begun = 0
        self.before = 0  # the order of the picture that the next ones' is told from
        super().__init__(setup, length_bytes)

    def sets_of(self, setup: bytes) -> Iterator[bytes]:
        """Yield the units of the configuration (ISO/IEC 14496-15, 8.3.3.1.2)."""
        place = 23
        for _ in range(setup[22] if len(setup) > 22 else 0):
            count = int.from_bytes(setup[place + 1 : place + 3], 'big')
            place += 3
            for _ in range(count):
                unit, place = sized_unit(setup, place)
                yield unit

    def learn(self, unit: bytes) -> None:
        """Take in what sequence and picture parameter sets say of the order."""
        kind, bits = unit[0] >> 1 & 63, Bits(unit[2:])
        if kind == SEQUENCE_SET:
            number, sequence = _sequence_set(bits)
            self.sequences[number] = sequence
        elif kind == PICTURE_SET:
            number, belongs = bits.number(), bits.number()
            bits.take(1)
            self.pictures[number] = _Picture(belongs, bool(bits.take(1)), bits.take(3))

    def look(self, packet: memoryview) -> None:
        """Note the place of a packet's picture."""
        for unit in nal_units(packet, self.length_bytes):
            kind, layer = unit[0] >> 1 & 63, (unit[0] & 1) << 5 | unit[1] >> 3
            if kind <= LAST_H265_SLICE and not layer:
                self.places.append(self._place(kind, bytes(unit[:HEADER])))
                return  # the other slices are of the same picture

    def agrees_with(self, pts: list[int]) -> bool:
        """Return whether timestamps, one a packet, put the pictures into this order."""
        shown = [place for _, place in sorted(zip(pts, self.places))]
        return len(pts) == len(shown) and all(a < b for a, b in pairwise(shown))

    def _place(self, kind: int, unit: bytes) -> tuple[int, int]:
        """Return how many sequences began before a picture, and its order in its own (8.3.1)."""
        bits = Bits(unit[2:])
        if not bits.take(1):
            raise ValueError('not the first slice of a picture')
        if kind in range(16, 24):
            bits.take(1)
        picture = self.pictures[bits.number()]
        sequence = self.sequences[picture.sequence]
        bits.take(picture.extra_bits)
        bits.number()
        bits.take(picture.states_output + 2 * sequence.separate_planes)
        if kind in IDR_SLICES:
            self.begun, self.before = self.begun + 1, 0
            return self.begun, 0
        low, period = bits.take(sequence.order_bits), 1 << sequence.order_bits
        if not self.places:
            order = low
        else:
            # Of the orders with these low bits, the one that is nearest.
            ahead = (low - self.before + period // 2) % period - period // 2
            order = self.before + ahead
        if unit[1] & 7 == 1 and kind not in ASIDE:
            self.before = order
        return self.begun, order


def _sequence_set(bits: Bits) -> tuple[int, _Sequence]:
    """Return the number of a sequence parameter set and what is needed of it (7.3.2.2)."""
    bits.take(4)
    layers = bits.take(3)
    bits.take(1 + 96)
    present = [(bits.take(1), bits.take(1)) for _ in range(layers)]
    bits.take(2 * (8 - layers) if layers else 0)
    for profile, level in present:
        bits.take(88 * profile + 8 * level)
    number = bits.number()
    separate = bits.number() == 3 and bool(bits.take(1))
    bits.number(), bits.number()
    if bits.take(1):
        for _ in range(4):
            bits.number()
    bits.number(), bits.number()
    return number, _Sequence(bits.number() + 4, separate)
