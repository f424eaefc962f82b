"""Masks of a video as files hold them: read frame by frame, kept with eight pixels a byte.

A mask for each frame of an hour in full HD would not fit in memory with a byte a pixel.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, TypeVar
from zipfile import ZipFile

import cv2
import numpy as np
import scipy.io
from numpy.typing import NDArray

from mmdebias.ops.compositing import Mask

# A grey picture with more values than this numbers no objects.
SHADES = 64
# Pictures of a folder that are looked at before all are: most videos show their actor in them.
LOOKED_AT = 8
Found = TypeVar('Found')
Shape = tuple[int, int, int]
"""Frames, height and width."""


@dataclass(frozen=True)
class StoredMasks:
    """Masks of the frames of a video.

    Args:
        height: Of a mask.
        width: Of a mask.
        bits: uint8 ``[T, ceil(height * width / 8)]``.
    """

    height: int
    width: int
    bits: NDArray[np.uint8]

    @property
    def shape(self) -> Shape:
        """Return frames, height and width."""
        return len(self.bits), self.height, self.width

    def of(self, frames: NDArray[np.int_]) -> Mask:
        """Return the masks of some frames, bool ``[S, H, W]``."""
        pixels = np.unpackbits(self.bits[frames], axis=1, count=self.height * self.width)
        masks: Mask = pixels.reshape(-1, self.height, self.width).view(bool)
        return masks

    def check_foreground(self, path: Path) -> None:
        """Raise ValueError where no pixel of any frame is foreground."""
        if not self.bits.any():
            raise ValueError(
                f'{path} marks no pixel of any frame: take that video out of the list.'
            )

    @property
    def full(self) -> bool:
        """Return whether every pixel of every frame is foreground."""
        whole = np.packbits(np.ones(self.height * self.width, dtype=bool))
        return bool((self.bits == whole).all())


@lru_cache(maxsize=4)
def stored_masks(path: Path) -> StoredMasks:
    """Return the masks of a file that were read last; see :func:`open_masks`."""
    return open_masks(path)


def read_masks(path: Path) -> Mask:
    """Return all masks of a video, bool ``[T, H, W]``; see :func:`open_masks`."""
    stored = open_masks(path)
    return stored.of(np.arange(len(stored.bits)))


def open_masks(path: Path) -> StoredMasks:
    """Return masks of a video from a .npz, a .mat or a folder of PNGs.

    Args:
        path: One of :func:`mmdebias.datasets.mask_files.mask_places`.

    Raises:
        ValueError: the file holds no masks, is damaged, or all of them are empty.
    """
    reader = {'.npz': _read_npz, '.mat': _read_mat}.get(path.suffix, _read_pngs)
    masks = _named(path, reader)
    masks.check_foreground(path)
    return masks


def look_at_masks(path: Path) -> tuple[Shape, bool]:
    """Return the shape of masks, and whether all are full, without decoding all of a folder.

    Raises:
        ValueError: as :func:`open_masks`, as far as some of a folder's pictures tell it.
    """
    if path.suffix in ('.npz', '.mat'):
        masks = open_masks(path)
        return masks.shape, masks.full
    return _named(path, _look_at_pngs)


def _named(path: Path, read: Callable[[Path], Found]) -> Found:
    """Return what a function reads of a file; what it raises without naming the file names it."""
    try:
        return read(path)
    except (FileNotFoundError, MemoryError):
        raise
    except Exception as error:  # of zip, zlib, SciPy, NumPy
        if isinstance(error, ValueError) and str(error).startswith(str(path)):
            raise
        reason = (str(error).strip() or '?').splitlines()[0]
        raise ValueError(
            f'{path} cannot be read as masks ({type(error).__name__}: {reason}): write it anew, or '
            'take its video out of the list.'
        ) from error


def _read_npz(path: Path) -> StoredMasks:
    with np.load(path, allow_pickle=False) as stored:
        names = stored.files
        if {'bits', 'shape'} <= set(names):
            return _repacked(_checked(stored['shape'].tolist(), path), stored['bits'])
    if len(names) != 1:
        raise ValueError(f'{path} has the arrays {names}: keep the masks alone.')
    with ZipFile(path) as archive, archive.open(f'{names[0]}.npy') as file:
        shape, frames = _read_npy(file)
        _checked(shape, path)
        return _packed(_sure(frames, path))


def _checked(shape: Sequence[int], path: Path) -> Shape:
    if len(shape) != 3:
        raise ValueError(f'{path} has masks of shape {list(shape)}; it must be [T, H, W].')
    if not math.prod(shape):
        raise ValueError(f'{path} has masks of shape {list(shape)}, which are none.')
    frames, height, width = map(int, shape)
    return frames, height, width


def _read_npy(file: IO[bytes]) -> tuple[tuple[int, ...], Iterable[NDArray[Any]]]:
    """Return the shape of an array in NumPy's format, and its parts along the first axis."""
    form = np.lib.format
    readers = {(1, 0): form.read_array_header_1_0, (2, 0): form.read_array_header_2_0}
    shape, in_columns, kind = readers[form.read_magic(file)](file)
    if in_columns or kind.hasobject or len(shape) != 3:
        file.seek(0)
        whole = form.read_array(file, allow_pickle=False)
        return whole.shape, whole
    size = math.prod(shape[1:]) * kind.itemsize
    frames = (
        np.frombuffer(file.read(size), dtype=kind).reshape(shape[1:]) for _ in range(shape[0])
    )
    return shape, frames


def _repacked(shape: Shape, bits: NDArray[np.uint8]) -> StoredMasks:
    """Return masks from bits of all pixels one behind the other, whose frames may share a byte."""
    frames, height, width = shape
    pixels = height * width
    if len(bits) != math.ceil(frames * pixels / 8):
        raise ValueError(f'{len(bits)} bytes are not those of {frames} masks of {height}x{width}')
    if pixels % 8 == 0:
        return StoredMasks(height, width, bits.reshape(frames, pixels // 8))
    rows = []
    for first in range(0, frames * pixels, pixels):
        own = bits[first // 8 : math.ceil((first + pixels) / 8)]
        rows.append(np.packbits(np.unpackbits(own)[first % 8 :][:pixels]))
    return StoredMasks(height, width, np.stack(rows))


def _packed(frames: Iterable[NDArray[Any]]) -> StoredMasks:
    """Return masks from frames ``[H, W]`` of one size; what is not zero is foreground."""
    height = width = 0
    rows = []
    for frame in frames:
        height, width = frame.shape
        rows.append(np.packbits(frame != 0))
    return StoredMasks(height, width, np.stack(rows))


def _read_mat(path: Path) -> StoredMasks:
    stored = scipy.io.loadmat(path)
    if 'part_mask' not in stored:
        keys = sorted(key for key in stored if not key.startswith('__'))
        raise ValueError(f"{path} has {keys}, and no 'part_mask' as JHMDB's files.")
    masks = np.asarray(stored['part_mask'])
    # MATLAB drops the last side where it is 1.
    masks = np.moveaxis(masks[..., None] if masks.ndim == 2 else masks, -1, 0)
    _checked(masks.shape, path)
    return _packed(_sure(masks, path))


def _read_pngs(folder: Path) -> StoredMasks:
    return _packed(_of_one_size(folder, map(_read_png, _pngs(folder))))


def _look_at_pngs(folder: Path) -> tuple[Shape, bool]:
    files = _pngs(folder)
    places = np.linspace(0, len(files) - 1, min(LOOKED_AT, len(files))).round().astype(int)
    found = [_read_png(files[place]) for place in places]
    (height, width), *_ = (mask.shape for mask in _of_one_size(folder, found))
    # Where these do not show that there is an actor and a background, others may.
    if not any(mask.any() for mask in found) or all(mask.all() for mask in found):
        masks = _read_pngs(folder)
        masks.check_foreground(folder)
        return masks.shape, masks.full
    return (len(files), height, width), False


def _pngs(folder: Path) -> list[Path]:
    files = sorted(folder.glob('*.png'), key=_numbers)
    if not files:
        raise ValueError(f'{folder} holds no .png: one a frame is needed.')
    return files


def _read_png(file: Path) -> Mask:
    picture = cv2.imread(str(file), cv2.IMREAD_UNCHANGED)
    if picture is None:
        raise ValueError(f'{file} is no picture.')
    _check_shades(picture, file)
    # Colours of a palette; a fourth channel is opacity.
    seen = picture[..., :3] if picture.ndim == 3 else picture[..., None]
    return np.asarray((seen != 0).any(-1))


def _of_one_size(folder: Path, masks: Iterable[Mask]) -> Iterator[Mask]:
    shapes = set()
    for mask in masks:
        shapes.add(mask.shape)
        if len(shapes) > 1:
            raise ValueError(f'{folder} has pictures of different sizes: {sorted(shapes)}.')
        yield mask


def _sure(frames: Iterable[NDArray[Any]], path: Path) -> Iterator[NDArray[Any]]:
    """Yield frames; raise where they are scores of a net: what is not zero would be foreground,
    sure or not."""
    low = high = 0
    for frame in frames:
        if frame.dtype.kind == 'f':
            if not (frame >= 0).all():
                raise ValueError(
                    f'{path} has values that are no numbers from 0, such as scores of a net: make '
                    'masks of them, 0 and 1.'
                )
            low += int(((frame > 0) & (frame < 0.5)).sum())
            high += int((frame >= 0.5).sum())
        _check_shades(frame, path)
        yield frame
    # Edges that were smoothed are less than what is within them.
    if low > high:
        raise ValueError(
            f'{path} has {low} values between 0 and 0.5, and {high} above, as scores of a net '
            'have, and any that is not 0 would be foreground: make masks of those above 0.5.'
        )


def _check_shades(picture: NDArray[Any], file: Path) -> None:
    """Raise where greys are scores of a net."""
    # Of most, 0 and 1 or numbers of objects, the largest value says that there cannot be so many.
    if picture.ndim != 2 or picture.dtype != np.uint8 or picture.max(initial=0) < SHADES:
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
