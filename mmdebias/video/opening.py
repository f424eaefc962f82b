"""Opening a video file with FFmpeg, by way of PyAV."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition
from av.video.stream import VideoStream

# Titles need not be UTF-8: they are not read. PyAV 19 takes no such argument, and raises nothing.
ANY_TITLE: dict[str, Any] = (
    dict(metadata_errors='replace') if int(av.__version__.split('.')[0]) < 19 else {}
)


class VideoReadError(RuntimeError):
    """A video file that cannot be read; the message names it and says why."""


class RecountedError(VideoReadError):
    """A video with fewer frames than it promised when they were drawn; another try draws right."""


def with_ending(path: str | Path) -> Path:
    """Add '.mp4' to a path without an ending, as MMAction2's readers do.

    Args:
        path: Of a video, as a list has it.
    """
    path = Path(path)
    return path if path.suffix else path.with_name(f'{path.name}.mp4')


def reason(error: BaseException) -> str:
    """Return the first line of what an error says: decoders append their stack to the message."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


@contextmanager
def opened(path: str | Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    """Open a file and its film, to be decoded by one thread.

    Args:
        path: The file. A name with a colon is a file as well, not a protocol of FFmpeg.

    Yields:
        The container, and its best video stream that is not a cover picture.

    Raises:
        FileNotFoundError: there is no such file.
        VideoReadError: FFmpeg cannot open it, or it has no film.
    """
    if not Path(path).exists():
        raise FileNotFoundError(f'{path} is missing.')
    if not Path(path).is_file():
        raise VideoReadError(f'{path} is no file.')
    try:
        container = av.open(f'file:{os.fspath(path)}', **ANY_TITLE)
    except (av.error.FFmpegError, UnicodeError) as error:
        raise VideoReadError(f'{path} cannot be opened: {reason(error)}.') from error
    with container:
        yield container, _film(container, path)


def read_packets(container: InputContainer, stream: VideoStream) -> Iterator[Packet]:
    """Yield the packets of a stream, the last of them empty; a file may end in the middle of one.

    Args:
        container: Of :func:`opened`.
        stream: Likewise.
    """
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.error.FFmpegError):
            return
        yield packet


def _film(container: InputContainer, path: str | Path) -> VideoStream:
    """Return the stream to read: music players store the cover as a video of one picture."""
    films = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not films:
        covers = len(container.streams.video)
        what = 'a cover picture and no film' if covers else 'no video stream'
        raise VideoReadError(f'{path} has {what}.')
    # Not every container keeps the flag of a cover. Some state how many frames a stream has, and
    # FFmpeg's own choice looks at what it has probed.
    films = [film for film in films if film.frames != 1] or films
    best = container.streams.best('video')
    film = best if isinstance(best, VideoStream) and best in films else films[0]
    # Loading runs in many processes, each with one core; and frame threads delay errors.
    film.codec_context.thread_count = 1
    return film
