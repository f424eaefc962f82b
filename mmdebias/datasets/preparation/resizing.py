"""Smaller copies of videos, which decode faster.

Needs PyAV: ``pip install "mmdebias[prepare]"``.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mmdebias.files import replacing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from av import VideoFrame
    from av.container import InputContainer

# As good as the original to the eye, and a key frame every 16 frames: a clip starts anywhere.
ENCODER = 'libx264'
OPTIONS = {'crf': '18', 'preset': 'fast'}
KEY_FRAME_EVERY = 16


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


def require_pyav() -> None:
    """Raise a RuntimeError that says what to do where PyAV, or its encoder, is missing."""
    try:
        import av
    except ImportError:
        raise RuntimeError(
            'resizing needs PyAV, which is not installed: pip install "mmdebias[prepare]" (or: pip '
            'install av). Without --resize it is not needed.'
        ) from None
    if ENCODER not in av.codecs_available:
        raise RuntimeError(
            f'this PyAV cannot encode with {ENCODER}: install the wheel from PyPI, pip install '
            '--force-reinstall --only-binary av av'
        )


def _upright(frame: VideoFrame) -> VideoFrame:
    """Return a frame as players, and decord, show it: phones store videos lying on their side."""
    if not frame.rotation % 360:
        return frame
    turned = np.rot90(frame.to_ndarray(format='rgb24'), frame.rotation // 90)
    return type(frame).from_ndarray(np.ascontiguousarray(turned), format='rgb24')


def _open(source: Path) -> InputContainer:
    """Open a video; whatever FFmpeg has against it is a ValueError, also what looks like EPERM."""
    import av

    try:
        reader = av.open(str(source))
    except av.error.FFmpegError as error:
        raise ValueError(f'{source} cannot be read: {error}') from error
    if not reader.streams.video:
        reader.close()
        raise ValueError(f'{source} cannot be read: it has no video stream')
    return reader


def _frames(reader: InputContainer) -> Iterator[VideoFrame]:
    """Yield the frames that can be read, upright. Broken ones are left out, as ffmpeg does."""
    import av

    packets = reader.demux(reader.streams.video[0])
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.error.FFmpegError):
            return
        try:
            frames: list[Any] = packet.decode()
        except av.error.FFmpegError:
            continue
        yield from map(_upright, frames)


def _check_whole(path: Path, count: int) -> None:
    """Raise an OSError unless the file has as many frames as were sent to it."""
    import av

    # A file that could not be written to its end lacks the index, which comes last.
    try:
        with av.open(str(path)) as written:
            found = written.streams.video[0].frames
    except (av.error.FFmpegError, IndexError):
        found = 0
    if found != count:
        raise OSError(
            f'{path.parent}: {found} of {count} frames were written; is the disk full? Make room '
            'and run the same command again.'
        )


def resize_video(source: Path, target: Path, size: int | tuple[int, int]) -> int:
    """Write a resized copy of a video as H.264 in an .mp4 file, without sound.

    Frames stay the same in number and order, at the video's average rate. Frames that cannot be
    decoded are left out, as ffmpeg does. The target appears when it is whole.

    Args:
        source: The video.
        target: The copy, an .mp4 file.
        size: See ``target_size``.

    Returns:
        Number of frames written.

    Raises:
        ValueError: the source cannot be opened, or none of its frames decoded.
        OSError: the copy cannot be written, for example because the disk is full.
    """
    import av

    count = 0
    with replacing(target) as unfinished:
        with _open(source) as reader, av.open(str(unfinished), 'w', format='mp4') as writer:
            video = reader.streams.video[0]
            rate = Fraction(video.average_rate or video.guessed_rate or 25).limit_denominator(65535)
            stream: Any = writer.add_stream(ENCODER, rate=rate, options=OPTIONS)
            stream.pix_fmt = 'yuv420p'
            # One thread each: videos are resized in parallel.
            stream.codec_context.thread_count = video.codec_context.thread_count = 1
            stream.codec_context.gop_size = KEY_FRAME_EVERY
            for frame in _frames(reader):
                if not count:
                    stream.width, stream.height = target_size(frame.width, frame.height, size)
                small = frame.reformat(
                    stream.width, stream.height, 'yuv420p', interpolation='BICUBIC'
                )
                small.pts, small.time_base = count, 1 / rate
                small.pict_type = av.video.frame.PictureType.NONE
                writer.mux(stream.encode(small))
                count += 1
            if not count:
                raise ValueError(f'{source} cannot be read: no frame can be decoded')
            writer.mux(stream.encode(None))
        _check_whole(unfinished, count)
    return count
