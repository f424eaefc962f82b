"""From decoded frames to RGB pixels that stand upright."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from av.sidedata.sidedata import Type
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

Pixels = npt.NDArray[np.uint8]

# x1, y1, x2, y2 in pixels of the upright frame, the last two excluded.
Box = tuple[int, int, int, int]

# From luma and chroma to RGB, by the number that a file is tagged with (ITU-T H.273, table 4). What
# has no tag is taken for BT.601, as FFmpeg does.
BT2020 = 9  # PyAV has no name for it
MATRICES: dict[int, Colorspace | int] = {
    1: Colorspace.ITU709,
    4: Colorspace.FCC,
    7: Colorspace.SMPTE240M,
    9: BT2020,
    10: BT2020,
}

# FFmpeg's scaler takes it for BT.601.
YCGCO = 8
UNSPECIFIED = 2

# So many of FFmpeg's scalers are kept, some 100 kB each: more than a sample has views.
SCALERS = 16

# Layouts whose planes can be cut before they are converted: chroma at half the width and height.
CUT_BEFORE = ('yuv420p', 'yuvj420p')


@dataclass(frozen=True)
class Orientation:
    """The turn that makes a stored frame stand upright.

    Attributes:
        turns: Quarter turns against the clock.
        mirrored: Left and right are swapped before it is turned.
    """

    turns: int = 0
    mirrored: bool = False

    def apply(self, frame: Pixels) -> Pixels:
        """Turn a frame ``[H, W, C]``."""
        if self == UPRIGHT:
            return frame
        if self.mirrored:
            frame = frame[:, ::-1]
        return np.rot90(frame, self.turns)

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Return width and height of a frame that has been turned."""
        return (height, width) if self.turns % 2 else (width, height)


UPRIGHT = Orientation()


def orientation(frame: VideoFrame) -> Orientation:
    """Read from a frame's display matrix how it is to be turned, as players do.

    Phones store videos lying on their side, and front cameras mirrored ones. Angles between quarter
    turns are rounded to one.

    Args:
        frame: A decoded frame.
    """
    try:
        sides: Any = frame.side_data  # PyAV's own types miss this entry
        matrix = sides[Type.DISPLAYMATRIX]
    except KeyError:
        return UPRIGHT
    # Rows of three, [a, b, u], [c, d, v], [x, y, w]: (a, b) is where the x axis goes, y downwards.
    a, b, _, c, d = np.frombuffer(memoryview(matrix), np.int32)[:5].astype(float)
    mirrored = a * d - b * c < 0
    if mirrored:
        a, b = -a, -b
    return Orientation(int(np.round(np.arctan2(-b, a) / (np.pi / 2))) % 4, bool(mirrored))


class Converter:
    """Converts the frames of one video to RGB.

    Args:
        upright: How frames are turned.
        width: Width of an upright frame; those that come in another size are resized to it, as
            FFmpeg does where a stream changes its size.
        height: Likewise.
    """

    def __init__(self, upright: Orientation, width: int, height: int) -> None:
        self.upright = upright
        self.stored = upright.size(width, height)
        self.resizer = VideoReformatter()
        # Each sets up FFmpeg's scaler for one size: views take turns where they overlap.
        # It keeps the colours that it was set up for, and a stream may change them.
        self.scalers: dict[tuple[int, int, tuple[str, int, bool]], VideoReformatter] = defaultdict(
            VideoReformatter
        )

    def rgb(self, frame: VideoFrame, box: Box | None = None) -> Pixels:
        """Convert a frame, or a part of it.

        The part has the same pixels as if it were cut out of the converted frame.

        Args:
            frame: As it comes from the decoder.
            box: What of the upright frame is wanted; None is all of it.

        Returns:
            uint8 ``[h, w, 3]``.
        """
        width, height = self.stored
        if (frame.width, frame.height) != (width, height):
            frame = self.resizer.reformat(frame, width, height, interpolation='BICUBIC')
        if box is None:
            return self.upright.apply(self._convert(frame))
        x1, y1, x2, y2 = box
        small = 2 * (x2 - x1) * (y2 - y1) < width * height and frame.colorspace != YCGCO
        # FFmpeg converts frames of an odd size in another way, which mixes neighbours.
        even = width % 2 == 0 == height % 2
        if small and even and self.upright == UPRIGHT and frame.format.name in CUT_BEFORE:
            # From even to even: a sample of chroma covers two pixels each way.
            left, top = x1 // 2 * 2, y1 // 2 * 2
            cut = _cut(frame, left, top, x2 + x2 % 2, y2 + y2 % 2)
            return self._convert(cut)[y1 - top : y2 - top, x1 - left : x2 - left]
        return self.upright.apply(self._convert(frame))[y1:y2, x1:x2]

    def _convert(self, frame: VideoFrame) -> Pixels:
        if len(self.scalers) > SCALERS:
            self.scalers.clear()
        colours = frame.format.name, int(frame.colorspace), is_full_range(frame)
        scaler = self.scalers[frame.width, frame.height, colours]
        if frame.format.is_rgb:
            return _pixels(scaler.reformat(frame, format='rgb24'))
        if frame.colorspace == YCGCO:
            return rgb_from_ycgco(frame, scaler)
        matrix = MATRICES.get(int(frame.colorspace), Colorspace.ITU601)
        converted = scaler.reformat(
            frame,
            format='rgb24',
            src_colorspace=matrix,
            # PyAV 16 sets the matrix only where the target's, which RGB has not, is another.
            dst_colorspace=Colorspace.ITU709 if matrix == Colorspace.ITU601 else Colorspace.ITU601,
            src_color_range=ColorRange.JPEG if is_full_range(frame) else ColorRange.MPEG,
        )
        return _pixels(converted)


@contextmanager
def without_matrix(frame: VideoFrame) -> Iterator[None]:
    """Take a frame's numbers as they are, whatever colours they stand for, within.

    FFmpeg's scaler of PyAV 18 refuses frames of YCgCo, though its matrix is not asked for.
    """
    matrix = frame.colorspace
    frame.colorspace = UNSPECIFIED
    try:
        yield
    finally:
        frame.colorspace = matrix


def rgb_from_ycgco(frame: VideoFrame, scaler: VideoReformatter) -> Pixels:
    """Convert a frame whose chroma is green and orange (ITU-T H.273, 8.3, matrix 8).

    Args:
        frame: Of that matrix, in any layout and range.
        scaler: Brings chroma to the size of luma.

    Returns:
        RGB, uint8 ``[H, W, 3]``.
    """
    full = is_full_range(frame)
    layout = 'yuvj444p' if frame.format.name.startswith('yuvj') else 'yuv444p'
    with without_matrix(frame):
        whole = scaler.reformat(
            frame,
            format=layout,
            interpolation=Interpolation.POINT,
            src_color_range=ColorRange.JPEG if full else ColorRange.MPEG,
            dst_color_range=ColorRange.JPEG if full else ColorRange.MPEG,
        )
    luma, green, orange = whole.to_ndarray().astype(np.float32)
    green, orange = green - 128, orange - 128
    if not full:
        luma, green, orange = (luma - 16) * 255 / 219, green * 255 / 224, orange * 255 / 224
    rgb = np.stack([luma - green + orange, luma + green, luma - green - orange], axis=-1)
    pixels: Pixels = np.clip(np.rint(rgb), 0, 255).astype(np.uint8)
    return pixels


def _pixels(frame: VideoFrame) -> Pixels:
    """Return the pixels of an RGB frame without copying them; they keep it alive."""
    (plane,) = frame.planes
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)
    return rows[:, : 3 * frame.width].reshape(frame.height, frame.width, 3)


def is_full_range(frame: VideoFrame) -> bool:
    """Return whether luma goes from 0 to 255, not from 16 to 235; False where there is none."""
    name = frame.format.name
    if frame.format.is_rgb:
        return False
    if name.startswith('yuvj'):
        return True
    if name.startswith('gray') and frame.color_range != ColorRange.MPEG:
        return True  # as FFmpeg takes what is not tagged
    return bool(frame.color_range == ColorRange.JPEG)


def _cut(frame: VideoFrame, left: int, top: int, right: int, bottom: int) -> VideoFrame:
    """Cut a part with even left and top out of a frame with a layout of :data:`CUT_BEFORE`."""
    cut = VideoFrame(right - left, bottom - top, frame.format.name)
    for number, (source, target) in enumerate(zip(frame.planes, cut.planes)):
        scale = 2 if number else 1
        rows = slice(top // scale, top // scale + target.height)
        columns = slice(left // scale, left // scale + target.width)
        into = np.frombuffer(memoryview(target), np.uint8).reshape(target.height, target.line_size)
        from_ = np.frombuffer(memoryview(source), np.uint8).reshape(source.height, source.line_size)
        into[:, : target.width] = from_[rows, columns]
    cut.colorspace, cut.color_range = frame.colorspace, frame.color_range
    return cut
