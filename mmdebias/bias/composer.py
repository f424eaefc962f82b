"""Composing the clips of a bias report from decoded frames."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmdebias.ops.compositing import Picture

from .backgrounds import clean_plate_of_video
from .composing import Clip, Stage
from .masks import MaskSource, build_masks, forget_masks
from .probes import PROBES, composed_probes
from .reading import kept_frames, read_frames, readable_index, spread, video_path
from .rows import ProbeRow

# MMAction2's usual mean, which normalises to about zero.
NEUTRAL = (124, 116, 104)


class Composer:
    """Turn the frames of a video into those of a probe.

    Each probe has its function in :mod:`mmdebias.bias.composing`. A frame whose mask is empty shows
    the background only. Frames of a partner are resized to the video's.

    Args:
        data_root: Folder that the manifest's videos are relative to.
        masks: Config of a mask source, see :func:`build_masks`; None where no row needs masks.
        images_root: Folder that the manifest's pictures are relative to.
        colour: RGB of 'human_only', 0 to 255: best the mean that the model normalises with.

    Raises:
        ValueError: masks that cannot be had; on a video, see :meth:`check` and the mask source.
    """

    def __init__(
        self,
        data_root: str = '',
        masks: dict[str, Any] | None = None,
        images_root: str | None = None,
        colour: Sequence[float] = NEUTRAL,
    ) -> None:
        self.data_root = str(data_root)
        self.masks: MaskSource | None = build_masks(masks, data_root)
        self.images_root = images_root
        self.colour = np.rint(np.asarray(colour, dtype=float)).astype(np.uint8)

    def check(self, rows: Sequence[ProbeRow]) -> None:
        """Check, before anything runs, that what the rows need is there, by its names alone.

        Raises:
            FileNotFoundError: videos or pictures are missing.
            ValueError: masks are missing, or no source of them is given.
        """
        named = sorted(_shown(rows))
        self._check_files('videos', 'data_root', self.data_root, named, video_path)
        pictures = sorted(_behind(rows, 'images'))
        if pictures and self.images_root is None:
            raise ValueError('The manifest has pictures behind actors: give images_root, theirs.')
        self._check_files('pictures', 'images_root', self.images_root or '', pictures, Path)
        masked = [row for row in rows if PROBES[row.probe].masks]
        if not masked:
            return
        if self.masks is None:
            raise ValueError(
                f'{masked[0].probe} needs masks and there are none: give a folder of mask files, '
                "boxes, or masks=dict(type='motion')."
            )
        self.masks.check(sorted(_shown(masked)))

    def check_contents(self, rows: Sequence[ProbeRow], time_limit: float | None = None) -> None:
        """Check, after :meth:`check`, that videos can be read and that masks are theirs.

        As far as can be told quickly: of videos the file's index is read, of masks in pictures some
        are looked at.

        Args:
            rows: Of a manifest.
            time_limit: Seconds that a video may take; None is for ever.

        Raises:
            ValueError: masks of another number of frames or another shape, or that mark nothing, or
                everything.
            VideoReadError: a video cannot be read, or takes longer.
        """
        masked = _shown([row for row in rows if PROBES[row.probe].masks])
        for video in sorted(_shown(rows)):
            path = video_path(self.data_root, video)
            index = readable_index(path, time_limit)
            if video in masked and self.masks is not None:
                self.masks.check_video(video, index.frames, index.height, index.width)

    @staticmethod
    def _check_files(
        what: str, argument: str, root: str, names: list[str], locate: Callable[[str, str], Path]
    ) -> None:
        missing = [name for name in names if not locate(root, name).is_file()]
        if missing:
            raise FileNotFoundError(
                f'{len(missing)} of {len(names)} {what} of the manifest are missing, for example '
                f'{locate(root, missing[0])}: correct {argument}, or the list.'
            )

    def preview(self, row: ProbeRow, count: int = 16) -> Picture:
        """Return a row as it is shown to a model, for looking at.

        Args:
            row: Of a manifest.
            count: Frames, evenly spread over the video.

        Returns:
            RGB, uint8 ``[min(count, T), H, W, 3]``, at the video's own size.
        """
        path = video_path(self.data_root, row.video)
        frames, indices, total = read_frames(path, lambda total: spread(total, count))
        return np.stack(self.compose(row, frames, indices, total))

    def compose(
        self, row: ProbeRow, frames: Sequence[Picture], indices: NDArray[np.int_], total: int
    ) -> list[Picture]:
        """Return the frames of a probe.

        Args:
            row: Of a manifest.
            frames: RGB, uint8 ``[H, W, 3]`` each, N.
            indices: int ``[N]``, their numbers in the video, from 0; clips may overlap, and what
                is there twice is composed once.
            total: Frames of the video.

        Returns:
            N frames of the same size, which share no memory with each other or with ``frames``.

        Raises:
            ValueError: the probe has no frames of its own, as it compares those of others.
        """
        compose = PROBES[row.probe].compose
        if compose is None:
            raise ValueError(
                f'{row.probe} has no frames; the probes that have are {composed_probes()}.'
            )
        source = PROBES[row.probe].still_background
        numbers, first, back = np.unique(indices, return_index=True, return_inverse=True)
        clip = Clip(row, [frames[place] for place in first], numbers, total, source)
        stage = Stage(self.data_root, self.masks, self.images_root, self.colour)
        composed = compose(stage, clip)
        # Copies: MMAction2's Flip works in place, and would flip one frame many times.
        return [composed[place].copy() for place in back]

    def __repr__(self) -> str:
        return (
            f'{type(self).__name__}(data_root={self.data_root!r}, masks={self.masks}, '
            f'images_root={self.images_root!r}, colour={self.colour.tolist()})'
        )


def forget_videos() -> None:
    """Let go of the frames, plates and masks that are kept for the next probe.

    A program that mends a file of masks and asks again is to be answered by what it holds then.
    """
    kept_frames().forget()
    clean_plate_of_video.cache_clear()
    forget_masks()


def _shown(rows: Sequence[ProbeRow]) -> set[str]:
    """Return the videos that rows show something of."""
    named = {row.video for row in rows} | {row.partner for row in rows if row.partner}
    return named | _behind(rows, 'videos')


def _behind(rows: Sequence[ProbeRow], source: str) -> set[str]:
    """Return the pictures, or videos, that rows have put behind."""
    return {
        row.background
        for row in rows
        if PROBES[row.probe].still_background == source and row.background is not None
    }
