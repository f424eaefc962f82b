"""Videos of sets that are handed out as pictures, one a frame: HAT, DAVIS, SCUBA and SCUFO.

The bias report reads video files. Pictures are put into one as they are, not compressed again, so a
model is shown exactly what the set's authors made.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import av

from mmdebias.files import replacing

from .mask_files import leads_out

KINDS = ('.jpg', '.jpeg', '.png')


class FramesOfVideo(NamedTuple):
    """A line of MMAction2's lists of frames.

    Args:
        folder: Of the pictures, as in the list.
        frames: How many there are.
        label: Number of the class, from 0.
    """

    folder: str
    frames: int
    label: int


def read_frame_list(file: str | Path) -> list[FramesOfVideo]:
    """Read lines ``folder frames label``; folders may contain spaces.

    Raises:
        FileNotFoundError: there is no such list.
        ValueError: no lines, another kind of line, or a folder that leads out of the set or is
            listed twice.
    """
    file = Path(file)
    if not file.is_file():
        raise FileNotFoundError(f'there is no list {file}: give lines "folder frames label"')
    found: list[FramesOfVideo] = []
    for line in filter(None, map(str.strip, file.read_text(encoding='utf-8').splitlines())):
        match = re.fullmatch(r'(.+?)\s+(\d+)\s+(\d+)', line)
        if match is None:
            raise ValueError(f'{file}: {line!r} must be "folder frames label", two whole numbers.')
        folder, frames, label = match[1], int(match[2]), int(match[3])
        if leads_out(folder):
            raise ValueError(f'{file} lists {folder}: give folders relative to that of all videos.')
        found.append(FramesOfVideo(folder, frames, label))
    if not found:
        raise ValueError(f'{file} lists no videos.')
    if len({one.folder for one in found}) < len(found):
        raise ValueError(f'{file} lists a folder twice: list each once.')
    return found


def find_pictures(root: str | Path, video: FramesOfVideo) -> list[Path]:
    """Return the pictures of a video, in the order of the numbers in their names.

    Args:
        root: Folder of all videos. StillMix's lists for Kinetics name a class's folder that its
            videos are not in: then they are looked for without it.
        video: Of :func:`read_frame_list`.

    Raises:
        FileNotFoundError: there is no such folder.
        ValueError: it has another number of pictures than the list says, pictures of several kinds,
            or one is left out between two.
    """
    places = [Path(root, video.folder), Path(root, PurePosixPath(video.folder).name)]
    folder = next((place for place in places if place.is_dir()), None)
    if folder is None:
        raise FileNotFoundError(f'there is no folder {places[0]}, nor {places[1]}')
    files = [file for file in folder.iterdir() if file.suffix.lower() in KINDS]
    if len({file.suffix.lower() for file in files}) > 1:
        raise ValueError(f'{folder} has pictures of several kinds: keep those of one.')
    unnumbered = [file.name for file in files if not re.search(r'\d', file.stem)]
    if unnumbered:
        raise ValueError(f'{folder}: {unnumbered[0]} has no number that says which frame it is.')
    numbered = sorted((int(re.findall(r'\d+', file.stem)[-1]), file) for file in files)
    numbers = [number for number, _ in numbered]
    if len(files) != video.frames:
        raise ValueError(f'{folder} has {len(files)} pictures, and the list says {video.frames}.')
    if numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        raise ValueError(
            f'{folder} has pictures {numbers[0]} to {numbers[-1]}, and some are left out.'
        )
    return [file for _, file in numbered]


def pack_pictures(pictures: Sequence[Path], target: str | Path, rate: int = 25) -> None:
    """Write a video of pictures, byte for byte; it appears when it is whole.

    Args:
        pictures: JPEGs or PNGs, all of one kind and one size.
        target: An .mp4 file; its folder is made.
        rate: Frames a second. The report asks for frames by their numbers, and for no times.

    Raises:
        ValueError: a file is no picture, or differs from the first in kind, size or layout.
    """
    kind = _kind(pictures[0])
    other = next((file for file in pictures if _kind(file) != kind), None)
    if other is not None:
        raise ValueError(
            f'{other} is {_kind(other)} and {pictures[0].name} {kind}: a video has frames of one '
            'kind and size.'
        )
    with (
        replacing(target) as unfinished,
        av.open(f'file:{unfinished}', 'w', format='mp4') as writer,
    ):
        stream = writer.add_stream(kind.codec, rate=rate)
        stream.width, stream.height, stream.pix_fmt = kind.width, kind.height, kind.layout
        for number, file in enumerate(pictures):
            packet = av.Packet(file.read_bytes())
            packet.stream, packet.time_base = stream, Fraction(1, rate)
            packet.pts = packet.dts = number
            packet.duration, packet.is_keyframe = 1, True
            writer.mux(packet)


class _Kind(NamedTuple):
    codec: str
    width: int
    height: int
    layout: str | None


def _kind(file: Path) -> _Kind:
    try:
        with av.open(f'file:{file}') as picture:
            context = picture.streams.video[0].codec_context
            found = _Kind(context.name, context.width, context.height, context.pix_fmt)
    except (av.error.FFmpegError, IndexError) as error:
        raise ValueError(f'{file} is no picture: {error}') from error
    # FFmpeg goes by the ending where the content tells it nothing.
    if found.layout is None or not found.width:
        raise ValueError(f'{file} is no picture: it has no size.')
    if found.codec not in ('mjpeg', 'png'):
        raise ValueError(f'{file} is {found.codec}, and only JPEG and PNG are put into videos.')
    return found
