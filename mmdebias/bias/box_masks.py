"""Boxes as masks of the foreground."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from mmdebias.datasets.actor_videos import read_boxes
from mmdebias.datasets.mask_files import ends_of, leads_out
from mmdebias.ops.compositing import Mask, draw_boxes

Size = tuple[int, int]
"""Height and width in pixels."""


@dataclass(frozen=True)
class MaskBoxes:
    """Boxes as masks: everything inside a box of the frame is foreground.

    Frames without a box take those of the nearest frame that has one; of two equally near, the
    earlier.

    Args:
        file: JSON, see :func:`mmdebias.datasets.actor_videos.read_boxes`. Coordinates are pixels of
            the frame or, where none in the file exceeds 1, shares of its width and height. A video
            that is listed by its whole path may stand there under the end of it.
        min_score: Boxes with a lower score are left out.

    Raises:
        ValueError: the file is no such JSON.
        FileNotFoundError: it is missing.
    """

    file: str
    min_score: float = 0.5
    warning: str = field(
        default='Boxes hold background around the actor, which the replaced backgrounds leave in: '
        'accuracies are too high by what it gives away.',
        init=False,
        repr=False,
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, 'file', str(self.file))
        read_box_file(self.file, self.min_score)

    @property
    def description(self) -> str:
        return f'boxes of {self.file}'

    def check_video(self, video: str, total: int, height: int, width: int) -> None:
        found, (high, wide), there = self._inside(video, total, height, width)
        if all(_cover(found[index], high, wide) for index in there):
            raise ValueError(
                f'{self.file}: the boxes of {video} cover every frame, so that there is no '
                'background: take that video out of the list.'
            )

    def check(self, videos: Sequence[str]) -> None:
        known, _ = read_box_file(self.file, self.min_score)
        missing = [video for video in videos if not any(len(b) for b in _boxes_of(video, known))]
        if missing:
            raise ValueError(
                f'{len(missing)} of {len(videos)} videos have no box in {self.file}, for example '
                f'{missing[0]}: take them out of the list, or add their boxes under the names of '
                'the list.'
            )

    def masks(
        self,
        video: str,
        frames: NDArray[np.int_],
        total: int,
        height: int,
        width: int,
        *,
        size: Size | None = None,
    ) -> Mask:
        # Not drawn, but for those that are asked for: a long video would not fit in memory.
        found, own, there = self._inside(video, total, height, width)
        wanted = size or (height, width)
        nearest = [int(there[np.abs(there - index).argmin()]) for index in frames]
        drawn = {
            index: draw_boxes(_rescaled(found[index], own, wanted), *wanted)
            for index in set(nearest)
        }
        return np.stack([drawn[index] for index in nearest])

    def _inside(
        self, video: str, total: int, height: int, width: int
    ) -> tuple[list[NDArray[np.float64]], Size, NDArray[np.int_]]:
        """Return a video's boxes, the size of the frames that they are of, and which frames have
        one."""
        self.check([video])
        known, shares = read_box_file(self.file, self.min_score)
        own = (1, 1) if shares else (height, width)
        found = _boxes_of(video, known)
        there = np.flatnonzero([_reach_in(boxes, *own) for boxes in found[:total]])
        if not len(there):
            raise ValueError(f'{self.file}: no box of {video} is inside its frames.')
        return found, own, there


def _boxes_of(
    video: str, known: Mapping[str, list[NDArray[np.float64]]]
) -> list[NDArray[np.float64]]:
    """Return the boxes of a video's frames; of a whole path those of its longest known end."""
    names = [video, *(map(str, ends_of(video)) if leads_out(video) else ())]
    return next((known[name] for name in names if name in known), [])


def _reach_in(boxes: NDArray[np.float64], height: int, width: int) -> bool:
    """Return whether one of some boxes has a part inside a frame."""
    inside = np.clip(boxes, 0, [width, height, width, height])
    return bool((inside[:, 2:] > inside[:, :2]).all(1).any())


def _cover(boxes: NDArray[np.float64], height: int, width: int) -> bool:
    """Return whether one of some boxes has all of a frame inside."""
    begin, end = boxes[:, :2] <= 0, boxes[:, 2:] >= [width, height]
    return bool((begin & end).all(1).any())


def _rescaled(boxes: NDArray[np.float64], size: Size, wanted: Size) -> NDArray[np.float64]:
    """Return boxes of frames of a size as those of the frames resized."""
    if size == wanted:
        return boxes
    # Multiplied first: what ends at a whole pixel does so afterwards, too.
    scaled: NDArray[np.float64] = boxes * (wanted[::-1] * 2) / (size[::-1] * 2)
    return scaled


@lru_cache(maxsize=4)
def read_box_file(file: str, min_score: float) -> tuple[dict[str, list[NDArray[np.float64]]], bool]:
    """Return boxes of each video, and whether they are shares of the frame."""
    boxes = read_boxes(file, min_score)
    ends = [frame.max() for video in boxes.values() for frame in video if len(frame)]
    return boxes, max(ends, default=2) <= 1
