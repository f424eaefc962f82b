"""Compose the frames of each probe; the table of probes names the function of each.

A function takes the :class:`Stage` (where masks, pictures and other videos come from) and a
:class:`Clip`, and returns as many frames of the same size. A frame's mask and background depend on
the row and on the frame alone, not on what else is sampled. Below, x_t are the frames, M_t their
masks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mmdebias.ops.compositing import Mask, Picture, partner_index, paste, place, resize

from .backgrounds import (
    draw_stripes,
    draws,
    frame_with_foreground,
    read_image,
    still_scene,
    without_actor,
)
from .masks import MaskSource
from .reading import read_frames, video_path
from .rows import ProbeRow


@dataclass(frozen=True)
class Clip:
    """Decoded frames of a row's video.

    Args:
        row: Of a manifest.
        frames: RGB, uint8 ``[H, W, 3]`` each.
        indices: int ``[T]``, their numbers in the video, from 0.
        total: Frames of the video.
        source: Where a still background comes from: 'stripes', 'images', 'videos' or None.
    """

    row: ProbeRow
    frames: Sequence[Picture]
    indices: NDArray[np.int_]
    total: int
    source: str | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Return height and width of the frames."""
        height, width = self.frames[0].shape[:2]
        return height, width


@dataclass(frozen=True)
class Stage:
    """Where masks, pictures and other videos come from.

    Args:
        data_root: Folder that the manifest's videos are relative to.
        masks: Of the foreground.
        images_root: Folder that the manifest's pictures are relative to.
        colour: uint8 ``[3]``, RGB that is put behind actors alone.
    """

    data_root: str
    masks: MaskSource | None
    images_root: str | None
    colour: Picture

    def mask_source(self, row: ProbeRow) -> MaskSource:
        """Return the source of masks for a row that needs them.

        Raises:
            ValueError: there is none.
        """
        if self.masks is None:
            raise ValueError(f'{row.probe} needs masks: give masks.')
        return self.masks

    def clip_masks(self, clip: Clip) -> Mask:
        """Return the masks of a clip's frames, bool ``[T, H, W]``.

        Raises:
            ValueError: there is no source of masks, or it has none of this video.
        """
        return self.mask_source(clip.row).masks(
            clip.row.video, clip.indices, clip.total, *clip.size
        )

    def still_background(self, clip: Clip) -> Picture:
        """Return B of a SCUBA video, with the partner's foreground in it where there is one.

        Raises:
            ValueError: there is no source of masks, or the row has no background.
        """
        row, (height, width) = clip.row, clip.size
        if clip.source == 'stripes':
            picture = draw_stripes(row.seed, height, width)
        elif row.background is None:
            raise ValueError(f'{row.probe} of {row.video} needs a background: give the row one.')
        elif clip.source == 'images':
            picture = read_image(Path(self.images_root or '', row.background), height, width)
        else:
            moment = draws(row.seed, 'still').uniform()
            scene = still_scene(self.data_root, row.background, self.mask_source(row), moment)
            picture = resize(scene, height, width)
        if row.partner is None:
            return picture
        draw = draws(row.seed, 'partner').uniform
        frame, mask = frame_with_foreground(
            self.data_root, row.partner, self.mask_source(row), draw()
        )
        frame, mask = (resize(part, height, width) for part in (frame, mask))
        return place(frame, mask, picture, draw())

    def partner_frames(self, clip: Clip) -> list[Picture]:
        """Return the partner's frames without their actor, one for each frame of the clip.

        Raises:
            ValueError: there is no source of masks, or the row has no partner.
        """
        row, (height, width) = clip.row, clip.size
        if row.partner is None:
            raise ValueError(f'{row.probe} of {row.video} needs a partner: give the row one.')
        source = self.mask_source(row)
        path = video_path(self.data_root, row.partner)
        frames, chosen, count = read_frames(
            path, lambda n: partner_index(clip.indices, clip.total, n)
        )
        masks = source.masks(row.partner, chosen, count, *frames[0].shape[:2])
        return [
            resize(without_actor(frame, mask, self.data_root, row.partner, source), height, width)
            for frame, mask in zip(frames, masks)
        ]


def as_filmed(stage: Stage, clip: Clip) -> list[Picture]:
    """Return x_t."""
    return list(clip.frames)


def one_frame(stage: Stage, clip: Clip) -> list[Picture]:
    """Repeat one frame of the video, at a moment that the row draws."""
    return _repeat(clip.frames[_nearest(clip, clip.indices)], len(clip.frames))


def before_a_still(stage: Stage, clip: Clip) -> list[Picture]:
    """Return ``x_t M_t + B (1 - M_t)`` (SCUBA, Li et al., ICCV 2023).

    B is one still picture for the video: stripes, a picture, or a frame of another video without
    its actor, who would be a conflicting foreground. Where the row has a partner, the foreground of
    one of its frames is pasted into B, at its height and somewhere on the left or right; what moves
    is before what stands still.
    """
    behind = stage.still_background(clip)
    return [paste(*pair, behind) for pair in zip(clip.frames, stage.clip_masks(clip))]


def before_a_still_frozen(stage: Stage, clip: Clip) -> list[Picture]:
    """Repeat one frame of the SCUBA video (SCUFO, Li et al., ICCV 2023).

    The frame nearest to a moment that the row draws is taken, among those that show some
    foreground, if any do.
    """
    masks = stage.clip_masks(clip)
    shown = np.flatnonzero(masks.any((1, 2)))
    shown = shown if len(shown) else np.arange(len(clip.frames))
    one = shown[_nearest(clip, clip.indices[shown])]
    frame = paste(clip.frames[one], masks[one], stage.still_background(clip))
    return _repeat(frame, len(clip.frames))


def in_the_partners_scene(stage: Stage, clip: Clip) -> list[Picture]:
    """Put the foreground before the partner's frames (action swap).

    Frame t is before the partner's frame ``clip(round(t / T_f * T_b), 0, T_b - 1)``, whose actor is
    taken away (HAT, Chung et al., NeurIPS 2022).
    """
    masks, behind = stage.clip_masks(clip), stage.partner_frames(clip)
    return [paste(*parts) for parts in zip(clip.frames, masks, behind)]


def before_one_colour(stage: Stage, clip: Clip) -> list[Picture]:
    """Put the foreground before one neutral colour."""
    return [paste(*pair, stage.colour) for pair in zip(clip.frames, stage.clip_masks(clip))]


def actor_taken_away(stage: Stage, clip: Clip) -> list[Picture]:
    """Return x_t without the actor.

    What is behind the actor is the per-pixel median of frames that show it, and OpenCV's inpainting
    where none does (:func:`mmdebias.ops.compositing.clean_plate`).
    """
    source = stage.mask_source(clip.row)
    return [
        without_actor(frame, mask, stage.data_root, clip.row.video, source)
        for frame, mask in zip(clip.frames, stage.clip_masks(clip))
    ]


def _nearest(clip: Clip, indices: NDArray[np.int_]) -> int:
    """Return which of some frames is nearest to the moment that a row freezes."""
    moment = draws(clip.row.seed, 'moment').uniform() * clip.total
    return int(np.abs(indices - moment).argmin())


def _repeat(frame: Picture, times: int) -> list[Picture]:
    return [frame] * times
