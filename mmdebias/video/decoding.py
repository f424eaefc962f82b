"""Decoding chosen frames: sought from key frames, or counted from the start of the file."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from .index import VideoIndex, decoded
from .opening import opened, read_packets
from .passing import Packets, left_of_runs

# So many frames that need no others are passed over rather than sought.
NEAR = 32


class UnsureError(Exception):
    """A file that is not as its index says; its frames must be counted."""


def counted_frames(
    path: str | Path, wanted: Sequence[int], passable: Packets | None = None
) -> Iterator[tuple[int, VideoFrame]]:
    """Decode a file from its start to the last frame that is wanted.

    Args:
        path: The file.
        wanted: Numbers of frames, ascending, each once.
        passable: Packets that need not be decoded, of the file's index; None is none.

    Yields:
        The number of a wanted frame, and the frame.

    Raises:
        FileNotFoundError: there is no such file.
        VideoReadError: it cannot be opened, or has no film.
        UnsureError: a packet that was to be passed over gave a frame.
    """
    runs = {} if passable is None else left_of_runs(passable)
    number, left, passing = 0, deque(wanted), False
    with opened(path) as (container, stream):
        for place, packet in enumerate(read_packets(container, stream)):
            run = runs.get(place, 0)
            if run and left[0] >= number + run:
                # What stands behind the first packet would be taken for what that one left.
                if not passing:
                    _pass_over(stream, packet)
                passing = True
                number += 1
                continue
            passing = False
            for frame in decoded(stream, packet) or ():
                if left and number == left[0]:
                    yield left.popleft(), frame
                number += 1
            if not left:
                return


def _pass_over(stream: VideoStream, packet: Packet) -> None:
    """Let the decoder read the header of the next B-frame, and forget it if it was held back."""
    stream.codec_context.skip_frame = 'NONREF'
    frames = decoded(stream, packet)
    stream.codec_context.skip_frame = 'DEFAULT'
    if frames != []:
        raise UnsureError('a packet that was to be passed over')


def sought_frames(
    path: str | Path, index: VideoIndex, wanted: Sequence[int]
) -> Iterator[tuple[int, VideoFrame]]:
    """Decode some frames, each from the last key frame before it.

    Args:
        path: The file.
        index: Its index, without a doubt.
        wanted: Numbers of frames, ascending, each once.

    Yields:
        The number of a wanted frame, and the frame.

    Raises:
        FileNotFoundError: there is no such file.
        VideoReadError: it cannot be opened, or has no film.
        UnsureError: a frame did not come as the index says.
    """
    left = {int(index.pts[number]): number for number in wanted}
    with opened(path) as (container, stream):
        # Concealed with what was decoded before, which is not what a decoder has in order.
        stream.codec_context.options = {'err_detect': 'explode'}
        way = _alone if index.intra else _in_groups
        try:
            for frame in way(container, stream, index, wanted):
                if frame.is_corrupt:
                    raise UnsureError('a damaged frame')
                if frame.pts in left:
                    yield left.pop(frame.pts), frame
        except av.error.FFmpegError as error:
            raise UnsureError(str(error)) from error
    if left:
        raise UnsureError(f'no frames came for the timestamps {sorted(left)}')


def _alone(
    container: InputContainer, stream: VideoStream, index: VideoIndex, wanted: Sequence[int]
) -> Iterator[VideoFrame]:
    """Decode frames each of which needs no other."""
    packets, last = read_packets(container, stream), -1
    for number in wanted:
        pts = int(index.pts[number])
        if number - last > NEAR:
            yield from _rest(stream)
            container.seek(pts, stream=stream)
            packets = read_packets(container, stream)
        last = number
        for packet in packets:
            if packet.pts == pts:
                yield from stream.codec_context.decode(packet)
                break
    yield from _rest(stream)


def _in_groups(
    container: InputContainer, stream: VideoStream, index: VideoIndex, wanted: Sequence[int]
) -> Iterator[VideoFrame]:
    """Decode what stands between a key frame and the last frame wanted behind it."""
    stamps = index.pts[np.asarray(wanted)]
    keys = np.searchsorted(index.key_pts, stamps, side='right') - 1
    # By the timestamps of decoding, or by those of showing.
    places = index.key_dts if index.container == 'mov' else index.key_pts
    for key in np.unique(keys):
        if key:
            container.seek(int(places[key]), stream=stream)
        yield from _in_order(
            _group(container, stream, index, key, set(stamps[keys == key].tolist()))
        )


def _group(
    container: InputContainer,
    stream: VideoStream,
    index: VideoIndex,
    key: np.intp,
    left: set[int],
) -> Iterator[VideoFrame]:
    """Decode from a key frame on until nothing is left."""
    context, start, found = stream.codec_context, int(index.key_pts[key]), False
    # In H.264 no other frame needs what is not a reference. In H.265 one may.
    passing_over = index.codec == 'h264'
    for packet in read_packets(container, stream):
        pts = packet.pts
        found = found or pts == start
        if not found:
            continue
        if passing_over:
            context.skip_frame = 'DEFAULT' if pts in left else 'NONREF'
        yield from context.decode(packet)
        left.discard(pts)
        if not left:
            break
    yield from _rest(stream)


def _in_order(frames: Iterator[VideoFrame]) -> Iterator[VideoFrame]:
    """Pass frames on as long as their timestamps have the order in which they are shown."""
    last = None
    for frame in frames:
        if last is not None and (frame.pts is None or frame.pts <= last):
            raise UnsureError('timestamps that run backwards')
        last = frame.pts
        yield frame


def _rest(stream: VideoStream) -> Iterator[VideoFrame]:
    """Yield what the decoder still holds, and let it begin anew."""
    yield from stream.codec_context.decode(None)
    stream.codec_context.flush_buffers()
