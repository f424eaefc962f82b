"""From which packets a decoder can start, and which ones it does not show.

Containers flag key frames, but a flag promises different things: in H.264 with open groups, what
follows such a frame may still need frames before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from av.bitstream import BitStreamFilterContext, bitstream_filters_available
from av.codec import CodecContext
from av.video.stream import VideoStream

from .bits import without_emulation

# Types of NAL units, ITU-T H.264, table 7-1, and H.265, table 7-1: pictures with which all
# references end (H.264), or from which all that is shown later can be decoded (H.265).
IDR_SLICE = 5
H264_SLICES = range(1, 6)
IRAP_SLICES = range(16, 22)
LAST_H265_SLICE = 31
# Of these, pictures whose leading pictures are not shown, and units with the same effect.
BROKEN_LINKS, SEQUENCE_ENDS = range(16, 19), (36, 37)

# Likewise: parameter sets, which hold until others come. ISO/IEC 14496-2, 6.2.1, table 6-3: the
# starts of what does so in MPEG-4, video object layers, and of user data, by which FFmpeg tells
# encoders whose rounding or mistakes it repeats.
H264_SETS, H265_SETS = (7, 8, 13), (32, 33, 34)
LONGEST_SET = 0xFFFF
# Messages (ITU-T H.264, annex D; H.265, 7.3.2.4): free text, by which FFmpeg tells versions of x264
# whose mistakes it repeats, of 4:4:4 or of all pictures; and film grain, which may persist.
H264_MESSAGES, H265_MESSAGES, FILM_GRAIN = 6, 39, 19
X264_VERSION = re.compile(rb'x264 - core (\d+)')
X264_WITHOUT_MISTAKES, X264_WITHOUT_MISTAKES_444 = 34, 151
MPEG4_LAYERS, MPEG4_USER_DATA = range(0x20, 0x30), 0xB2
MPEG4_START = b'\x00\x00\x01'

# Types of OBUs, AV1 bitstream specification, 6.2.2: of a frame, with its header or only that.
AV1_FRAMES = (3, 6)

# FFmpeg's filters that take packets apart into headers and payload, and put them together again. A
# decoder leaves out a frame whose headers are damaged; that of the payload it conceals.
HEADER_PARSERS = dict(
    h264='h264_metadata', hevc='hevc_metadata', vp9='vp9_metadata', av1='av1_metadata'
)

# ISO/IEC 14496-2, 6.3.5: the start of a picture, behind which two bits give its kind.
MPEG4_PICTURE = b'\x00\x00\x01\xb6'
INTRA_PICTURE, B_PICTURE = 0, 2

# What stands for a frame that was left out takes at most eight bytes; a picture takes more.
LEAST_MPEG4_PICTURE = 9

# ITU-T T.81, table B.1: markers, behind a byte of ones.
START_OF_SCAN, QUANTISATION, HUFFMAN = 0xDA, 0xDB, 0xC4


class UnclearPacketError(ValueError):
    """A packet that does not say what a decoder makes of it."""


def bytes_of_length(context: CodecContext) -> int:
    """Return how many bytes state the length of a NAL unit; 0 where they are not in use.

    From the decoder's configuration, ISO/IEC 14496-15, 5.3.3.1 (H.264) and 8.3.3.1 (H.265).
    """
    place = dict(h264=4, hevc=21).get(context.codec.canonical_name)
    setup = context.extradata
    if place is None or setup is None or len(setup) <= place or setup[0] != 1:
        return 0
    return (setup[place] & 3) + 1


def starts_afresh(packet: memoryview, codec: str, length_bytes: int) -> bool:
    """Return whether all that is shown behind a packet needs none before it.

    Args:
        packet: Its bytes. Of codecs that have no open groups, the container's flag says it.
        codec: FFmpeg's name of the codec.
        length_bytes: See :func:`bytes_of_length`; for H.264 and H.265.

    Raises:
        UnclearPacketError: a packet of H.264, H.265 or AV1 whose units do not fill it, or are no
            picture; an H.265 packet at which a decoder may leave pictures out; an MPEG-4 packet
            with anything but one picture that is shown at once.
    """
    if codec == 'mpeg4':
        return _mpeg4_picture(packet) == INTRA_PICTURE
    if codec == 'h264':
        types = [unit[0] & 31 for unit in nal_units(packet, length_bytes)]
        return IDR_SLICE in _picture([kind for kind in types if kind in H264_SLICES])
    if codec == 'hevc':
        units = nal_units(packet, length_bytes)
        types = [unit[0] >> 1 & 63 for unit in units]
        if any(map(_leaves_out, types, units)):
            raise UnclearPacketError('pictures that a decoder may leave out')
        return _picture([kind for kind in types if kind <= LAST_H265_SLICE])[0] in IRAP_SLICES
    if codec == 'av1':
        _picture([kind for kind in _av1_types(packet) if kind in AV1_FRAMES])
    return True


def _leaves_out(kind: int, unit: memoryview) -> bool:
    # ISO/IEC 23008-2: behind a broken link or the end of a sequence, leading pictures are not shown
    # (8.1.3); no_output_of_prior_pics_flag, the second bit of a slice (7.3.6.1), drops what waits.
    drops = kind in IRAP_SLICES and len(unit) > 2 and bool(unit[2] & 0x40)
    return drops or kind in BROKEN_LINKS or kind in SEQUENCE_ENDS


def lasting(packet: memoryview, codec: str, length_bytes: int, full_colour: bool) -> list[bytes]:
    """Return what a packet says that holds for packets behind it, as a decoder's setup says it.

    Args:
        packet: Its bytes.
        codec: FFmpeg's name of the codec.
        length_bytes: See :func:`bytes_of_length`; for H.264 and H.265.
        full_colour: Whether colours are as fine as brightness, 4:4:4.

    Raises:
        UnclearPacketError: a packet of H.264 or H.265 whose units do not fill it.
    """
    if codec == 'mpeg4':
        parts = bytes(packet).partition(MPEG4_PICTURE)[0].split(MPEG4_START)[1:]
        kinds = (*MPEG4_LAYERS, MPEG4_USER_DATA)
        return [MPEG4_START + part for part in parts if part and part[0] in kinds]
    if codec == 'mjpeg':
        return _jpeg_tables(packet)
    if codec not in ('h264', 'hevc'):
        return []
    found = []
    for unit in nal_units(packet, length_bytes):
        kind = unit[0] & 31 if codec == 'h264' else unit[0] >> 1 & 63
        if codec == 'h264':
            lasts = kind in H264_SETS or (kind == H264_MESSAGES and _is_old(unit, full_colour))
        else:
            lasts = kind in H265_SETS or (kind == H265_MESSAGES and _is_film_grain(unit))
        if lasts:
            found.append(unit)
    if any(len(unit) > LONGEST_SET for unit in found):
        raise UnclearPacketError('a packet is damaged')
    return [len(unit).to_bytes(2, 'big') + bytes(unit) for unit in found]


def _is_old(unit: memoryview, full_colour: bool) -> bool:
    """Return whether a message names a version of x264 whose mistakes FFmpeg repeats."""
    version = X264_VERSION.search(bytes(unit[:64]))
    safe = X264_WITHOUT_MISTAKES_444 if full_colour else X264_WITHOUT_MISTAKES
    return version is not None and int(version[1]) < safe


def _is_film_grain(unit: memoryview) -> bool:
    data, place = without_emulation(bytes(unit)), 2
    while place < len(data) - 2:
        kind, place = _message_number(data, place)
        size, place = _message_number(data, place)
        if kind == FILM_GRAIN:
            return True
        place += size
    return False


def _message_number(data: bytes, place: int) -> tuple[int, int]:
    """Return a number that goes on over bytes of 255, and the place behind it."""
    number = 0
    while place < len(data) and data[place] == 255:
        number, place = number + 255, place + 1
    return number + (data[place] if place < len(data) else 0), place + 1


def _jpeg_tables(packet: memoryview) -> list[bytes]:
    """Return which tables a picture brings, each as the marker and the name of the table.

    A picture may rely on tables of an earlier one (ITU-T T.81, B.5).
    """
    found, place = [], 2
    while place + 4 <= len(packet) and packet[place] == 0xFF and packet[place + 1] != START_OF_SCAN:
        kind, inside = packet[place + 1], place + 4
        end = place + 2 + int.from_bytes(packet[place + 2 : inside], 'big')
        while kind in (QUANTISATION, HUFFMAN) and inside < min(end, len(packet)):
            name = packet[inside]
            found.append(bytes([0xFF, kind, name]))
            # B.2.4.1: 64 numbers of one or two bytes; B.2.4.2: how many codes, then the codes.
            codes = sum(packet[inside + 1 : inside + 17])
            inside += 1 + (16 + codes if kind == HUFFMAN else 128 if name >> 4 else 64)
        place = end
    return found


def _picture(slices: list[int]) -> list[int]:
    if not slices:
        raise UnclearPacketError('packets without a picture')
    return slices


def header_parser(stream: VideoStream) -> BitStreamFilterContext | None:
    """Return a filter that fails on packets with damaged headers; None for other codecs.

    Args:
        stream: Whose packets are to be filtered.
    """
    name = HEADER_PARSERS.get(str(stream.codec_context.codec.canonical_name))
    if name not in bitstream_filters_available:
        return None
    return BitStreamFilterContext(name, stream)


def nal_units(packet: memoryview, length_bytes: int) -> list[memoryview]:
    """Return the NAL units of a packet, none of which is empty.

    Raises:
        UnclearPacketError: they do not fill it.
    """
    units, place, end = [], 0, len(packet)
    while place < end:
        start = place + length_bytes
        place = start + int.from_bytes(packet[place:start], 'big')
        if start >= end or not start < place <= end:
            raise UnclearPacketError('a packet is damaged')
        units.append(packet[start:place])
    return units


def _av1_types(packet: memoryview) -> Iterator[int]:
    """Yield the type of each OBU (AV1 bitstream specification, 5.3.2 and 4.10.5)."""
    place, end = 0, len(packet)
    while place < end:
        header = packet[place]
        yield header >> 3 & 15
        place += 1 + (header >> 2 & 1)
        if not header >> 1 & 1:
            return  # it has no size, and is the last
        size = shift = 0
        more = True
        while more and place < end:
            size |= (packet[place] & 127) << shift
            more, shift, place = packet[place] > 127, shift + 7, place + 1
        place += size
    if place > end:
        raise UnclearPacketError('a packet is damaged')


def _mpeg4_picture(packet: memoryview) -> int:
    """Return the kind of the one picture in a packet."""
    data = bytes(packet)
    place = data.find(MPEG4_PICTURE)
    if place < 0 or len(data) - place < LEAST_MPEG4_PICTURE:
        raise UnclearPacketError('frames that are left out')
    if data.count(MPEG4_PICTURE) > 1:
        raise UnclearPacketError('packets with several frames')
    kind = data[place + len(MPEG4_PICTURE)] >> 6
    if kind == B_PICTURE:
        raise UnclearPacketError('MPEG-4 with B-frames')
    return kind


def is_hidden(packet: memoryview, codec: str) -> bool:
    """Return whether a VP9 packet holds a frame that is only there to be referred to.

    VP9 bitstream specification, 6.2 (uncompressed header) and annex B (superframes, which hold a
    frame that is shown by convention).
    """
    if codec != 'vp9' or packet[-1] & 0xE0 == 0xC0:
        return False
    first = packet[0]
    place = 5 if first >> 4 & 3 == 3 else 4  # a reserved bit follows in profile 3
    show_existing, show = first >> 7 - place & 1, first >> 5 - place & 1
    return not show_existing and not show
