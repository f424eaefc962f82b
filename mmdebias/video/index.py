"""Which frames a video has, and from where each can be decoded."""

from __future__ import annotations

from bisect import bisect, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from .h264_fields import FieldWatch
from .h265_order import PictureOrder
from .keyframes import (
    UnclearPacketError,
    bytes_of_length,
    header_parser,
    is_hidden,
    lasting,
    starts_afresh,
)
from .opening import VideoReadError, opened, read_packets
from .passing import NO_PACKETS, Packets, SeenPacket, passable_packets, seen_packet
from .pixels import UPRIGHT, Orientation, orientation
from .watching import PacketWatch

# Where a seek lands on a key frame that one can check, and frames come out of the decoder with the
# timestamp that their packet went in with. What .avi files say of B-frames' times is made up.
CODECS = {
    'mov': ('h264', 'hevc', 'vp9', 'av1', 'mpeg4', 'mjpeg'),
    'matroska': ('h264', 'hevc', 'vp9', 'av1', 'mpeg4', 'mjpeg'),
    'avi': ('mpeg4', 'mjpeg'),
}

# What looks at the headers of a codec's packets.
WATCHES: dict[str, type[PacketWatch]] = dict(h264=FieldWatch, hevc=PictureOrder)

Timestamps = npt.NDArray[np.int64]


def _none() -> Timestamps:
    return np.empty(0, np.int64)


@dataclass(frozen=True)
class VideoIndex:
    """The frames of a video, and where they can be decoded from.

    Attributes:
        frames: Number of frames that decoding the whole file in order gives.
        width: Of a frame as a player shows it, in pixels.
        height: Likewise.
        fps: Average frames per second; 0 where the file does not say.
        codec: FFmpeg's name of the codec.
        container: The first of FFmpeg's names of the container.
        stated: Number of frames that the container states; 0 where it states none.
        upright: How stored frames are turned to stand upright.
        doubt: Why frames are counted from the start of the file instead of being sought; empty
            where they are sought.
        pts: Timestamps of the frames in the order in which they are shown, int64 ``[frames]``;
            empty if there is a doubt.
        key_pts: Timestamps of the key frames from which all that is shown later can be decoded,
            int64 ``[K]``, ascending.
        key_dts: Their decoding timestamps, by which some containers seek.
        plain: Every packet is shown, no other frame than those behind a key frame needs it, and the
            decoder keeps its setup: readers that trust what the container says find the right
            frames as well.
        changes_size: Frames come in several sizes. Known where all were decoded for the index.
        passable: Packets that need not be decoded while frames are counted, see
            :func:`mmdebias.video.passing.passable_packets`; empty unless there is a doubt.
    """

    frames: int
    width: int
    height: int
    fps: float
    codec: str
    container: str
    stated: int = 0
    upright: Orientation = UPRIGHT
    doubt: str = ''
    pts: Timestamps = field(default_factory=_none, repr=False)
    key_pts: Timestamps = field(default_factory=_none, repr=False)
    key_dts: Timestamps = field(default_factory=_none, repr=False)
    plain: bool = False
    changes_size: bool = False
    passable: Packets = field(default_factory=NO_PACKETS.copy, repr=False)

    @property
    def regular(self) -> bool:
        """Return whether frames are equally far apart in time; False if there is a doubt."""
        steps = np.diff(self.pts)
        return len(self.pts) == self.frames and (not len(steps) or int(np.ptp(steps)) <= 1)

    @property
    def intra(self) -> bool:
        """Return whether every frame can be decoded by itself."""
        return np.array_equal(self.key_pts, self.pts)


@dataclass
class _Packets:
    """The packets of a video, in the order of decoding."""

    pts: list[int] = field(default_factory=list)
    dts: list[int] = field(default_factory=list)
    shown: list[bool] = field(default_factory=list)
    flagged: list[bool] = field(default_factory=list)
    fresh: list[bool] = field(default_factory=list)
    held_back: int = 0  # while the first frame came out
    changed: set[bytes] = field(default_factory=set)  # what lasts, and is not in the setup
    untold: bool = False  # a key frame says nothing that lasts


def index_video(path: str | Path) -> VideoIndex:
    """Find out which frames a video has.

    Reads the packets of the file and decodes its first frame only. Where the packets do not say for
    sure what a decoder will show, the whole file is decoded once.

    Args:
        path: The file.

    Raises:
        FileNotFoundError: there is no such file.
        VideoReadError: it cannot be opened, has no film, or none of its frames can be decoded.
    """
    with opened(path) as (container, stream):
        doubt = _doubt_about_kind(container, stream)
        facts = _facts(container, stream)
        if not doubt:
            packets, first, doubt = _demux(container, stream)
    if doubt or first is None:
        return index_by_decoding(path, doubt)
    pts, dts, shown, fresh = (
        np.array(values) for values in (packets.pts, packets.dts, packets.shown, packets.fresh)
    )
    order = np.argsort(pts[fresh])
    return VideoIndex(
        frames=int(shown.sum()),
        **facts,
        **_upright_facts(first),
        pts=np.sort(pts[shown]),
        key_pts=pts[fresh][order],
        key_dts=dts[fresh][order],
        # Readers that go back would decode with a later setup what relies on the first.
        plain=bool(shown.all())
        and packets.fresh == packets.flagged
        and _closed(pts, fresh)
        and not (packets.changed and packets.untold),
    )


def index_by_decoding(path: str | Path, doubt: str) -> VideoIndex:
    """Count a video's frames by decoding them all.

    Args:
        path: The file.
        doubt: Why that is necessary.

    Raises:
        FileNotFoundError: there is no such file.
        VideoReadError: it cannot be opened, has no film, or none of its frames can be decoded.
    """
    first, count, damaged = None, 0, False
    sizes: set[tuple[int, int]] = set()
    seen: list[SeenPacket] = []
    with opened(path) as (container, stream):
        facts = _facts(container, stream)
        for packet in read_packets(container, stream):
            frames = decoded(stream, packet)
            for frame in frames or ():
                first = frame if first is None else first
                count += 1
                sizes.add((frame.width, frame.height))
                damaged = damaged or frame.is_corrupt
            damaged = damaged or frames is None
            if facts['codec'] == 'mpeg4':
                seen.append(seen_packet(memoryview(packet), frames or ()))
    if first is None:
        raise VideoReadError(f'{path} cannot be read: none of its frames can be decoded.')
    return VideoIndex(
        frames=count,
        **facts,
        **_upright_facts(first),
        doubt=doubt,
        changes_size=len(sizes) > 1,
        passable=NO_PACKETS if damaged else passable_packets(seen),
    )


def proven_index(path: str | Path) -> VideoIndex:
    """Find out which frames a video has, and decode it whole to see whether that is so.

    Finds damage inside a packet and sizes that change, which the packets do not tell.

    Args:
        path: The file.

    Raises:
        FileNotFoundError: there is no such file.
        VideoReadError: it cannot be opened, has no film, or none of its frames can be decoded.
    """
    index = index_video(path)
    if index.doubt:
        return index
    found, damaged = [], False
    sizes: set[tuple[int, int]] = set()
    with opened(path) as (container, stream):
        for packet in read_packets(container, stream):
            try:
                frames = stream.codec_context.decode(packet)
            except av.error.FFmpegError:
                damaged = True
                continue
            found += [frame.pts for frame in frames]
            sizes.update((frame.width, frame.height) for frame in frames)
            damaged = damaged or any(frame.is_corrupt for frame in frames)
    index = replace(index, changes_size=len(sizes) > 1)
    if not damaged and found == index.pts.tolist():
        return index
    if not found:
        raise VideoReadError(f'{path} cannot be read: none of its frames can be decoded.')
    return replace(
        index,
        frames=len(found),
        doubt='its frames are not all where its packets say',
        pts=_none(),
        key_pts=_none(),
        key_dts=_none(),
        plain=False,
    )


def decoded_in_order(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    """Decode a file in order.

    This says what frame ``i`` of a file is; all other ways must agree with it.

    Args:
        container: Of :func:`opened`.
        stream: Likewise.
    """
    for packet in read_packets(container, stream):
        yield from decoded(stream, packet) or ()


def decoded(stream: VideoStream, packet: Packet) -> list[VideoFrame] | None:
    """Decode the next packet of a file; None where that fails: it is left out, as FFmpeg does.

    Args:
        stream: Of :func:`opened`.
        packet: Of :func:`read_packets`.
    """
    try:
        return stream.codec_context.decode(packet)
    except av.error.FFmpegError:
        return None


def _doubt_about_kind(container: InputContainer, stream: VideoStream) -> str:
    facts = _facts(container, stream)
    if facts['codec'] not in CODECS.get(facts['container'], ()):
        return f'{facts["codec"]} in {facts["container"]}: times of frames are not sure'
    if facts['codec'] in ('h264', 'hevc') and not bytes_of_length(stream.codec_context):
        return f'{facts["codec"]} without the lengths of its units'
    return ''


def _demux(
    container: InputContainer, stream: VideoStream
) -> tuple[_Packets, VideoFrame | None, str]:
    """Read all packets and decode the first frame; the last value is a doubt about them."""
    codec, length_bytes = _codec(stream), bytes_of_length(stream.codec_context)
    packets = _Packets()
    parser = header_parser(stream)
    setup = stream.codec_context.extradata or b''
    full_colour = _is_full_colour(stream)
    try:
        watch = WATCHES.get(codec, PacketWatch)(setup, length_bytes)
    except UnclearPacketError as error:
        return packets, None, str(error)
    first: VideoFrame | None = None
    for packet in read_packets(container, stream):
        if packet.size:
            if packet.pts is None:
                return packets, first, 'packets without a timestamp'
            data = memoryview(packet)
            try:
                fresh = starts_afresh(data, codec, length_bytes) and packet.is_keyframe
                sets = lasting(data, codec, length_bytes, full_colour)
                watch.follow(data, sets)
            except UnclearPacketError as error:
                return packets, first, str(error)
            if packet.has_sidedata('new_extradata'):
                return packets, first, 'another setup of the decoder in mid-stream'
            if packet.is_corrupt or is_hidden(data, codec):
                return packets, first, 'packets that are damaged or not shown'
            packets.changed.update(one for one in sets if one not in setup)
            packets.untold |= fresh and not sets
            if fresh and not packets.changed.issubset(sets):
                return packets, first, 'key frames that need what an earlier one says'
            packets.pts.append(packet.pts)
            packets.dts.append(packet.pts if packet.dts is None else packet.dts)
            packets.shown.append(not packet.is_discard)
            packets.flagged.append(packet.is_keyframe)
            packets.fresh.append(fresh)
        if first is None:
            try:
                first = next(iter(stream.codec_context.decode(packet)), None)
            except av.error.FFmpegError:
                return packets, first, 'its first frame cannot be decoded'
            packets.held_back = sum(packets.shown) - 1
        if parser is not None and packet.size:
            try:
                parser.filter(packet)  # which empties it
            except av.error.FFmpegError:
                return packets, first, 'headers of packets are damaged'
    doubt = _doubt_about(packets, first)
    if not doubt and not watch.agrees_with(packets.pts):
        doubt = 'pictures in another order than their timestamps say'
    return packets, first, doubt


def _doubt_about(packets: _Packets, first: VideoFrame | None) -> str:
    shown = [pts for pts, shown in zip(packets.pts, packets.shown) if shown]
    if first is None or not shown or first.pts != min(shown):
        return 'its first frame is not the one that it states'
    if len(set(packets.pts)) < len(packets.pts):
        return 'frames with the same timestamp'
    # What is shown before the first key frame, but comes behind it, needs frames that are cut off.
    if not packets.fresh[0] or packets.pts[0] != min(packets.pts):
        return 'it does not begin with a key frame'
    if packets.held_back < reordering(packets.pts):
        # The decoder drops a frame where it finds out.
        return 'it does not tell its decoder how far frames are reordered'
    return ''


def reordering(pts: Sequence[int]) -> int:
    """Return how many frames a decoder has to hold back to show all in their order.

    Args:
        pts: Timestamps in the order of decoding.
    """
    most, before = 0, list[int]()
    for stamp in pts:
        most = max(most, len(before) - bisect(before, stamp))
        insort(before, stamp)
    return most


def _closed(pts: Timestamps, fresh: npt.NDArray[np.bool_]) -> bool:
    """Return whether nothing behind a key frame, in the order of decoding, is shown before it."""
    latest_key = np.maximum.accumulate(np.where(fresh, pts, pts.min()))
    return bool((pts >= latest_key).all())


def _codec(stream: VideoStream) -> str:
    """Return the name of the codec, which is not that of the decoder: AV1 has several."""
    return str(stream.codec_context.codec.canonical_name)


def _is_full_colour(stream: VideoStream) -> bool:
    kind = stream.codec_context.format
    if kind is None:
        return True  # not known: the careful answer
    return len(kind.components) > 2 and len({part.width for part in kind.components}) == 1


def _facts(container: InputContainer, stream: VideoStream) -> dict[str, Any]:
    return dict(
        fps=float(stream.average_rate or stream.guessed_rate or 0),
        codec=_codec(stream),
        container=container.format.name.split(',')[0],
        stated=stream.frames,
    )


def _upright_facts(frame: VideoFrame) -> dict[str, Any]:
    upright = orientation(frame)
    width, height = upright.size(frame.width, frame.height)
    return dict(width=width, height=height, upright=upright)
