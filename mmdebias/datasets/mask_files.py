"""Masks of the foreground in files: where they are looked for, how they are read."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path, PurePath
from typing import Any

import cv2
import numpy as np
import scipy.io
from numpy.typing import NDArray

from mmdebias.ops.compositing import Mask, resize

from .toy.masks import load_masks

# Decoders differ by a frame or two in how many they find in a file.
SURPLUS = 2
# Sides of a mask that was resized by whole pixels may differ this much in aspect.
ASPECT = 0.03
# A grey picture with more values than this numbers no objects.
SHADES = 64


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
    stored = read_masks(Path(path))
    check_fit(stored.shape, total, height, width, path, video)
    chosen = stored[np.minimum(frames, len(stored) - 1)]
    return np.stack([resize(mask, *(size or (height, width))) for mask in chosen])


@lru_cache(maxsize=4)
def read_masks(path: Path) -> Mask:
    """Return masks of a video from a .npz, a .mat or a folder of PNGs; see :func:`mask_places`.

    Returns:
        bool ``[T, H, W]``, not to be written into: it is kept.

    Raises:
        ValueError: the file holds no masks, or all of them are empty.
    """
    reader = {'.npz': _read_npz, '.mat': _read_mat}.get(path.suffix, _read_pngs)
    masks = reader(path)
    if masks.ndim != 3:
        raise ValueError(f'{path} has masks of shape {list(masks.shape)}; it must be [T, H, W].')
    if not masks.any():
        raise ValueError(f'{path} marks no pixel of any frame: take that video out of the list.')
    masks.flags.writeable = False
    return masks


def _read_npz(path: Path) -> Mask:
    with np.load(path, allow_pickle=False) as stored:
        if {'bits', 'shape'} <= set(stored.files):
            return load_masks(path)
        if len(stored.files) != 1:
            raise ValueError(f'{path} has the arrays {stored.files}: keep the masks alone.')
        masks: Mask = stored[stored.files[0]] != 0
    return masks


def _read_mat(path: Path) -> Mask:
    try:
        stored = scipy.io.loadmat(path)
    except (NotImplementedError, ValueError) as error:
        raise ValueError(f'{path} cannot be read: {error}') from error
    if 'part_mask' not in stored:
        keys = sorted(key for key in stored if not key.startswith('__'))
        raise ValueError(f"{path} has {keys}, and no 'part_mask' as JHMDB's files.")
    masks = np.asarray(stored['part_mask']) != 0
    # MATLAB drops the last side where it is 1.
    masks = masks[..., None] if masks.ndim == 2 else masks
    return np.ascontiguousarray(np.moveaxis(masks, -1, 0))


def _read_pngs(folder: Path) -> Mask:
    files = sorted(folder.glob('*.png'), key=_numbers)
    if not files:
        raise ValueError(f'{folder} holds no .png: one a frame is needed.')
    masks = []
    for file in files:
        picture = cv2.imread(str(file), cv2.IMREAD_UNCHANGED)
        if picture is None:
            raise ValueError(f'{file} is no picture.')
        _check_sure(picture, file)
        # Colours of a palette; a fourth channel is opacity.
        masks.append(picture[..., :3].any(-1) if picture.ndim == 3 else picture != 0)
    shapes = {mask.shape for mask in masks}
    if len(shapes) > 1:
        raise ValueError(f'{folder} has pictures of different sizes: {sorted(shapes)}.')
    return np.stack(masks)


def _check_sure(picture: NDArray[Any], file: Path) -> None:
    """Raise where greys are scores of a net: what is not zero would be foreground, sure or not."""
    if picture.ndim != 2 or picture.dtype != np.uint8:
        return
    counts = np.bincount(picture.reshape(-1), minlength=256)
    # Numbers of objects are fewer, and edges that were smoothed are less than what is within them.
    if (counts > 0).sum() > SHADES and counts[1:129].sum() > counts[129:].sum():
        raise ValueError(
            f'{file} has {(counts > 0).sum()} greys, most of them dark, as scores of a net have, '
            'and any that is not 0 would be foreground: make masks of those above 128 with '
            'tools/data/convert_masks.py --hat.'
        )


def _numbers(file: Path) -> tuple[list[int], str]:
    return [int(number) for number in re.findall(r'\d+', file.stem)], file.name


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
