"""H.264 that is coded in fields, two of which make a frame.

Containers may hold each field in a packet of its own, so that there are more packets than frames.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .bits import Bits
from .keyframes import H264_SLICES, UnclearPacketError, nal_units
from .watching import PacketWatch, sized_unit

# ITU-T H.264, 7.3.2.1.1: profiles whose parameter sets state the format of colours.
WITH_COLOUR_FORMAT = (100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135)
SEQUENCE_SET = 7
# Of a slice's header, what is read lies within these bytes.
HEADER = 40


class FieldCoding(NamedTuple):
    """What is needed to read which field a slice is of.

    Attributes:
        frame_num_bits: Of the number of a frame in slices.
        separate_planes: Slices state which plane of colour they are of.
    """

    frame_num_bits: int
    separate_planes: bool


class FieldWatch(PacketWatch):
    """Looks for packets of H.264 that hold one field, half of a frame."""

    def __init__(self, setup: bytes, length_bytes: int) -> None:
        self.codings: set[FieldCoding | None] = set()
        super().__init__(setup, length_bytes)

    def sets_of(self, setup: bytes) -> Iterator[bytes]:
        """Yield the sequence parameter sets (ISO/IEC 14496-15, 5.3.3.1)."""
        place = 6
        for _ in range(setup[5] & 31 if len(setup) > 5 else 0):
            unit, place = sized_unit(setup, place)
            yield unit

    def learn(self, unit: bytes) -> None:
        """Take in how fields are coded."""
        if unit[0] & 31 == SEQUENCE_SET:
            self.codings.add(field_coding(unit))

    def look(self, packet: memoryview) -> None:
        """Refuse a packet that holds one field, or does not say so clearly."""
        if self.codings <= {None}:
            return
        if len(self.codings) > 1:
            raise UnclearPacketError('frames and fields of several kinds')
        (coding,) = self.codings
        units = nal_units(packet, self.length_bytes)
        slices = [bytes(unit[:HEADER]) for unit in units if unit[0] & 31 in H264_SLICES]
        if coding is not None and is_one_field(slices, coding):
            raise UnclearPacketError('packets of single fields')


def field_coding(parameter_set: bytes) -> FieldCoding | None:
    """Return how slices say which field they are of; None where there are frames only.

    ITU-T H.264, 7.3.2.1.1.

    Args:
        parameter_set: A sequence parameter set, the NAL unit.

    Raises:
        ValueError: it ends too soon.
    """
    bits = Bits(parameter_set[1:])
    profile = bits.take(8)
    bits.take(16)
    bits.number()
    planes = False
    if profile in WITH_COLOUR_FORMAT:
        colours = bits.number()
        planes = colours == 3 and bool(bits.take(1))
        bits.number(), bits.number(), bits.take(1)
        if bits.take(1):
            for matrix in range(12 if colours == 3 else 8):
                if bits.take(1):
                    _pass_over_matrix(bits, 16 if matrix < 6 else 64)
    frame_num_bits = bits.number() + 4
    order = bits.number()
    if order == 0:
        bits.number()
    elif order == 1:
        bits.take(1), bits.signed(), bits.signed()
        for _ in range(bits.number()):
            bits.signed()
    bits.number(), bits.take(1), bits.number(), bits.number()
    return None if bits.take(1) else FieldCoding(frame_num_bits, planes)


def _pass_over_matrix(bits: Bits, entries: int) -> None:
    # 7.3.2.1.1.1: a scale of zero ends the list.
    scale = 8
    for _ in range(entries):
        scale = (scale + bits.signed()) % 256
        if not scale:
            return


def is_one_field(slices: Iterable[bytes], coding: FieldCoding) -> bool:
    """Return whether slices are all of the same field of a frame.

    ITU-T H.264, 7.3.3.

    Args:
        slices: NAL units of a packet.
        coding: Of their parameter set.

    Raises:
        ValueError: one ends too soon.
    """
    return len({_field(unit, coding) for unit in slices} - {None}) == 1


def _field(unit: bytes, coding: FieldCoding) -> int | None:
    """Return 0 for the top field, 1 for the bottom one, None for a frame."""
    bits = Bits(unit[1:])
    bits.number(), bits.number(), bits.number()
    if coding.separate_planes:
        bits.take(2)
    bits.take(coding.frame_num_bits)
    return bits.take(1) if bits.take(1) else None
