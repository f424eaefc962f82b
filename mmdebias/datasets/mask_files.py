"""Masks of the foreground in files: where they are looked for, how they are read."""

from __future__ import annotations

import os
from pathlib import Path, PurePath

import numpy as np
from numpy.typing import NDArray

from mmdebias.ops.compositing import Mask, resize

from .stored_masks import look_at_masks, stored_masks

# Decoders differ by a frame or two in how many they find in a file.
SURPLUS = 2
# Sides of a mask that was resized by whole pixels may differ this much in aspect.
ASPECT = 0.03


def mask_places(stem: Path) -> list[Path]:
    """Return where the masks of the video ``c`` may be: beside each other, the first that exists
    counts.

    - ``c.npz``: what ``tools/data/make_toy.py`` writes, or one array ``[T, H, W]``;
    - ``c.mat`` or ``c/puppet_mask.mat``: JHMDB's, key ``part_mask`` ``[H, W, T]``;
    - ``c/``: one PNG a frame, in the order of the numbers in their names.

    What is not zero is foreground.

    Args:
        stem: Of the video, below the folder of masks, without an ending.
    """
    files = [stem.with_name(f'{stem.name}{ending}') for ending in ('.npz', '.mat')]
    return [*files, stem / 'puppet_mask.mat', stem]


def leads_out(name: str | PurePath) -> bool:
    """Return whether a name, put behind a folder, leads out of it."""
    path = PurePath(name)
    return path.is_absolute() or '..' in path.parts


def ends_of(name: str | PurePath) -> list[PurePath]:
    """Return what a whole path, or one that leads out of a folder, is called below a folder.

    Args:
        name: Such as ``/data/kinetics/archery/a.mp4``.

    Returns:
        Its ends, the longest first: ``data/kinetics/archery/a.mp4``, ..., ``a.mp4``.
    """
    path = PurePath(os.path.normpath(name))
    parts = [part for part in path.parts if part not in (path.anchor, '..')]
    return [PurePath(*parts[start:]) for start in range(len(parts))]


def find_masks(video: str | Path, folder: str | Path | None = None) -> Path | None:
    """Return the file, or folder of pictures, with a video's masks.

    Args:
        video: The video.
        folder: Where masks are: :func:`mask_places` of ``<folder>/<video>`` or, for videos in
            folders of their own, of ``<folder>/<folder of the video>/<video>``. None looks for the
            ``masks`` that stand beside the ``videos`` of a generated set.

    Returns:
        The file; None if no folder is given and the video is of no generated set.

    Raises:
        FileNotFoundError: the folder has no masks of this video.
    """
    video = Path(video)
    if folder is not None:
        stems = [Path(folder, video.stem), Path(folder, video.parent.name, video.stem)]
        for place in (place for stem in stems for place in mask_places(stem)):
            if place.exists():
                return place
        tried = ' and '.join(f'{stem}.npz' for stem in stems)
        raise FileNotFoundError(f'{video} has no masks: looked for {tried}, and other formats')
    for parent in video.parents:
        if parent.name == 'videos':
            place = (parent.parent / 'masks' / video.relative_to(parent)).with_suffix('.npz')
            return place if place.is_file() else None
    return None


def masks_of_frames(
    path: Path,
    video: str | Path,
    frames: NDArray[np.int_],
    total: int,
    height: int,
    width: int,
    *,
    size: tuple[int, int] | None = None,
) -> Mask:
    """Return masks of some frames of a video, checked against it and resized to it.

    Args:
        path: From :func:`find_masks`.
        video: For messages.
        frames: int ``[S]``, from 0.
        total: Frames of the video.
        height: Of its frames.
        width: Likewise.
        size: Height and width of the masks that are wanted; None are those of the frames.

    Returns:
        bool ``[S, *size]``.

    Raises:
        ValueError: the file holds no masks, or those of another number of frames or another shape.
    """
    stored = stored_masks(Path(path))
    check_fit(stored.shape, total, height, width, path, video)
    chosen = stored.of(np.minimum(frames, len(stored.bits) - 1))
    return np.stack([resize(mask, *(size or (height, width))) for mask in chosen])


def check_masks(path: Path, video: str | Path, total: int, height: int, width: int) -> None:
    """Raise ValueError where masks cannot be those of a video, as far as can be told quickly.

    Of a folder of pictures, some are looked at.

    Args:
        path: From :func:`find_masks`.
        video: For messages.
        total: Frames of the video.
        height: Of its frames.
        width: Likewise.
    """
    shape, full = look_at_masks(Path(path))
    check_fit(shape, total, height, width, path, video)
    if full:
        raise ValueError(
            f'{path} marks every pixel of every frame, so that there is no background: take '
            f'{video} out of the list, or make its masks anew.'
        )


def check_fit(
    shape: tuple[int, ...],
    total: int,
    height: int,
    width: int,
    path: str | Path,
    video: str | Path,
) -> None:
    """Raise unless masks may be those of a video: one a frame, and of its shape.

    Args:
        shape: Of the masks, ``[T, H, W]``.
        total: Frames of the video.
        height: Of its frames, in pixels.
        width: Likewise.
        path: Of the masks, for the message.
        video: Likewise.

    Raises:
        ValueError: the numbers of frames differ by more than two, or the sides are in another
            ratio.
    """
    if abs(shape[0] - total) > SURPLUS:
        raise ValueError(
            f'{path} has masks of {shape[0]} frames, and {video} has {total}: a mask is '
            'needed for every frame.'
        )
    ratio = shape[1] * width / (shape[2] * height)
    if not 1 / (1 + ASPECT) <= ratio <= 1 + ASPECT:
        raise ValueError(
            f'{path} has masks of {shape[1]}x{shape[2]} (height x width), and the frames of '
            f'{video} are {height}x{width}: they may be of another size, but of the same shape. '
            'Are they of a cropped or rotated copy?'
        )
