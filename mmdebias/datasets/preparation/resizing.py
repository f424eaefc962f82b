"""Smaller copies of videos, which load faster.

They are read as training reads: the film and not its cover, upright, every frame that can be
decoded.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.frame import PictureType, VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from mmdebias.files import replacing
from mmdebias.video.index import decoded_in_order
from mmdebias.video.opening import VideoReadError, opened
from mmdebias.video.pixels import (
    MATRICES,
    YCGCO,
    Orientation,
    is_full_range,
    orientation,
    rgb_from_ycgco,
    without_matrix,
)

# The layout of the copies; the one with a J has the range of JPEG, 0 to 255 instead of 16 to 235.
LIMITED, FULL = 'yuv420p', 'yuvj420p'

# FFmpeg's number for the matrix that RGB is turned into.
BT601 = 5

# FFmpeg's SWS_ACCURATE_RND, which PyAV does not name: without it greys get a tinge.
SCALING = int(Interpolation.BICUBIC) | 1 << 18

# Motion JPEG's quantiser (1 is best): what is cut from smaller frames is seen sooner. The values
# are the best with which copies of three clips took no more than 2 (short side 128) and 4 (256)
# times the bytes of H.264 copies with a short side of 256.
SMALL_QUANTISER, LARGE_QUANTISER = 4, 5
SMALL = 160


@dataclass(frozen=True)
class Codec:
    """A way to store copies.

    Attributes:
        encoder: FFmpeg's name of the encoder.
        key_frame_every: Distance of frames from which decoding can start.
        options: Of the encoder.
    """

    encoder: str
    key_frame_every: int
    options: Mapping[str, str] = field(default_factory=dict)


CODECS = {
    # As good as the original to the eye; a clip starts at most 15 frames behind a key frame.
    'h264': Codec('libx264', 16, {'crf': '18', 'preset': 'fast'}),
    # Nothing is decoded but the frames that are wanted.
    'mjpeg': Codec('mjpeg', 1),
}


def parse_size(text: str) -> int | tuple[int, int]:
    """Parse ``'256'`` (short side) as a number, ``'340x256'`` (width x height) as a pair.

    Raises:
        ValueError: it is neither, or a number is odd (the encoder asks for even ones) or below 16.
    """
    numbers = text.lower().split('x')
    if len(numbers) > 2 or not all(number.isdecimal() for number in numbers):
        raise ValueError(f'{text!r}: give the short side, such as 256, or a size, such as 340x256.')
    pixels = [int(number) for number in numbers]
    if any(number < 16 or number % 2 for number in pixels):
        raise ValueError(f'{text!r}: give even numbers of at least 16.')
    return pixels[0] if len(pixels) == 1 else (pixels[0], pixels[1])


def target_size(width: int, height: int, size: int | tuple[int, int]) -> tuple[int, int]:
    """Return width and height in pixels after resizing, both even.

    Args:
        width: Width of the video.
        height: Height of the video.
        size: Short side, the aspect ratio is kept; or width and height.
    """
    if not isinstance(size, int):
        return size
    short = min(width, height)
    wide, high = (
        size if side == short else 2 * round(side * size / short / 2) for side in (width, height)
    )
    return wide, high


def check_encoder(codec: str) -> None:
    """Raise a RuntimeError that says what to do where the encoder of a codec is missing."""
    if CODECS[codec].encoder not in av.codecs_available:
        raise RuntimeError(
            f'codec={codec!r}: this PyAV cannot encode with {CODECS[codec].encoder}: install the '
            'wheel from PyPI, pip install --force-reinstall --only-binary av av'
        )


def resize_video(
    source: Path, target: Path, size: int | tuple[int, int], codec: str = 'h264'
) -> int:
    """Write a resized copy of a video in an .mp4 file, without sound.

    Frames stay the same in number and order, at the video's average rate. Frames that cannot be
    decoded are left out, as ffmpeg does. The target appears when it is whole.

    Args:
        source: The video.
        target: The copy, an .mp4 file.
        size: See ``target_size``.
        codec: A key of ``CODECS``: ``'h264'``, or ``'mjpeg'``, larger and faster to load.

    Returns:
        Number of frames written.

    Raises:
        FileNotFoundError: there is no such source.
        VideoReadError: the source cannot be opened, has no film, or none of its frames can be
            decoded.
        OSError: the copy cannot be written, for example because the disk is full.
    """
    count = 0
    with replacing(target) as unfinished:
        with (
            opened(source) as (reader, video),
            av.open(f'file:{unfinished}', 'w', format='mp4') as writer,
        ):
            rate = Fraction(video.average_rate or video.guessed_rate or 25).limit_denominator(65535)
            for frame in decoded_in_order(reader, video):
                if not count:
                    upright = orientation(frame)
                    width, height = target_size(*upright.size(frame.width, frame.height), size)
                    layout = _layout(frame, codec)
                    stream = _stream(writer, rate, (width, height), layout, codec)
                    if codec != 'mjpeg':
                        # The numbers stay those of the source, and so does what they stand for.
                        for name in ('colorspace', 'color_primaries', 'color_trc'):
                            setattr(stream.codec_context, name, getattr(video.codec_context, name))
                        if frame.format.is_rgb:
                            stream.codec_context.colorspace = BT601
                    scaler = VideoReformatter()
                stored = upright.size(width, height)
                small = _turned(_scaled(scaler, frame, stored, layout, codec), upright)
                small.pts, small.time_base = count, 1 / rate
                small.pict_type = PictureType.NONE
                writer.mux(stream.encode(small))
                count += 1
            if not count:
                raise VideoReadError(f'{source} cannot be read: none of its frames can be decoded.')
            writer.mux(stream.encode(None))
        _check_whole(unfinished, count)
    return count


def _layout(frame: VideoFrame, codec: str) -> str:
    """Return the layout that keeps the range of a frame."""
    return FULL if is_full_range(frame) or codec == 'mjpeg' else LIMITED


def _scaled(
    scaler: VideoReformatter, frame: VideoFrame, size: tuple[int, int], layout: str, codec: str
) -> VideoFrame:
    """Scale a frame; its numbers stand for the same colours as before."""
    if codec == 'mjpeg' and frame.colorspace == YCGCO:
        frame = VideoFrame.from_ndarray(rgb_from_ycgco(frame, VideoReformatter()), 'rgb24')
    matrix = MATRICES.get(int(frame.colorspace), Colorspace.ITU601)
    if codec == 'mjpeg' and matrix != Colorspace.ITU601:
        # JPEG's colours are always those of BT.601.
        return scaler.reformat(
            frame,
            *size,
            layout,
            interpolation=SCALING,
            src_colorspace=matrix,
            dst_colorspace=Colorspace.ITU601,
            src_color_range=ColorRange.JPEG if is_full_range(frame) else ColorRange.MPEG,
            dst_color_range=ColorRange.JPEG,
        )
    if frame.format.is_rgb:
        # By the frame's tag, PyAV 18 would fill the layout from 0 to 255.
        filled = ColorRange.JPEG if layout == FULL else ColorRange.MPEG
        ranges = dict(src_color_range=ColorRange.JPEG, dst_color_range=filled)
        return scaler.reformat(frame, *size, layout, interpolation=SCALING, **ranges)
    tagged = is_full_range(frame) and not frame.format.name.startswith(('yuvj', 'gray'))
    with without_matrix(frame) if frame.colorspace == YCGCO else nullcontext():
        if not tagged:
            return scaler.reformat(frame, *size, layout, interpolation=SCALING)
        # FFmpeg's scaler knows the range by the layout: this one says limited; the numbers stay.
        small = scaler.reformat(frame, *size, LIMITED, interpolation=SCALING)
    return _with_planes(small, VideoFrame(*size, FULL), Orientation())


def _stream(writer: Any, rate: Fraction, size: tuple[int, int], layout: str, codec: str) -> Any:
    """Begin the film of a copy."""
    kind = CODECS[codec]
    stream = writer.add_stream(kind.encoder, rate=rate, options=dict(kind.options))
    stream.width, stream.height = size
    stream.pix_fmt = layout
    context = stream.codec_context
    context.thread_count = 1  # videos are resized in parallel
    context.gop_size = kind.key_frame_every
    if codec == 'mjpeg':
        quantiser = SMALL_QUANTISER if min(size) <= SMALL else LARGE_QUANTISER
        context.qmin = context.qmax = quantiser
    return stream


def _turned(frame: VideoFrame, upright: Orientation) -> VideoFrame:
    """Turn a frame of 8-bit planes as players show it: phones store videos lying on their side."""
    if upright == Orientation():
        return frame
    size = upright.size(frame.width, frame.height)
    return _with_planes(frame, VideoFrame(*size, frame.format.name), upright)


def _with_planes(frame: VideoFrame, target: VideoFrame, upright: Orientation) -> VideoFrame:
    """Copy the planes of a frame into another, turned."""
    for source, plane in zip(frame.planes, target.planes):
        into, from_ = (
            np.frombuffer(memoryview(one), np.uint8).reshape(one.height, one.line_size)
            for one in (plane, source)
        )
        into[:, : plane.width] = upright.apply(from_[:, : source.width])
    return target


def _check_whole(path: Path, count: int) -> None:
    """Raise an OSError unless the file has as many frames as were sent to it."""
    # A file that could not be written to its end lacks the index, which comes last.
    try:
        with opened(path) as (_, film):
            found = film.frames
    except VideoReadError:
        found = 0
    if found != count:
        raise OSError(
            f'{path.parent}: {found} of {count} frames were written; is the disk full? Make room '
            'and run the same command again.'
        )
