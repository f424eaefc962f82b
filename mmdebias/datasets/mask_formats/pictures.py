"""Masks in pictures, one a frame, in a folder for each video.

DAVIS and what is laid out like it (numbers of objects), HAT (grey, how sure a net was), and maps of
classes as segmentation nets write them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from mmdebias.ops.compositing import Mask

from .sources import Readers

VOID = 255
"""DAVIS's number of pixels that no one is sure of, where objects are numbered from 1."""

SURE = 128
"""HAT's pixels are a person above this grey."""

Values = NDArray[np.integer]


def davis_masks(source: str | Path) -> Readers:
    """Find masks laid out like DAVIS: ``VIDEO/00000.png``, with the number of an object a pixel.

    Every object is foreground. 255 is what DAVIS 2017 leaves undecided, and background here; where
    a video has no other number, as in DAVIS 2016, it is the object.

    Args:
        source: DAVIS itself, its ``Annotations``, or a folder of folders of PNGs.

    Raises:
        FileNotFoundError: there are no PNGs in folders.
        ValueError: DAVIS has annotations of several resolutions: one of them has to be given.
    """
    return _readers(_davis_folder(Path(source)), _objects)


def hat_masks(source: str | Path) -> Readers:
    """Find the human segmentations of HAT: ``seg/CLASS/VIDEO/000001.png``, grey.

    A pixel is foreground above 128, as in HAT's own loaders: the grey is how sure its net was that
    there is a person, 255 times the score.

    Args:
        source: The folder ``seg``, or the one that it is in.

    Raises:
        FileNotFoundError: there are no PNGs in folders.
    """
    source = Path(source)
    return _readers(source / 'seg' if (source / 'seg').is_dir() else source, _above)


def label_masks(source: str | Path, values: Collection[int]) -> Readers:
    """Find maps of classes, one PNG a frame in a folder for each video.

    Args:
        source: Folder of the folders.
        values: Classes that are foreground, such as 60 for the persons of VSPW.

    Raises:
        FileNotFoundError: there are no PNGs in folders.
        ValueError: no values.
    """
    if not values:
        raise ValueError('values: say which classes of the maps are foreground.')
    return _readers(Path(source), partial(_among, sorted(values)))


def read_pictures(folder: Path) -> Values:
    """Return the numbers of all pixels of a folder's PNGs, ``[T, H, W]``.

    Those of a palette are its indices, not its colours. Pictures follow each other in the order of
    the numbers in their names.

    Raises:
        ValueError: a file is no picture of one number a pixel, a number is left out between two
            files, or sizes differ.
    """
    files = sorted(folder.glob('*.png'), key=_number)
    numbers = [_number(file)[0] for file in files]
    steps = np.diff(numbers)
    if (steps != 1).any():
        gap = int(np.flatnonzero(steps != 1)[0])
        raise ValueError(
            f'{folder} has {files[gap].name} and then {files[gap + 1].name}: a mask is needed for '
            'every frame. Of a set that marks every few frames, make the video of those frames '
            'and number the masks likewise.'
        )
    pictures = [_read_picture(file) for file in files]
    sizes = {picture.shape for picture in pictures}
    if len(sizes) > 1:
        raise ValueError(f'{folder} has pictures of different sizes: {sorted(sizes)}.')
    return np.stack(pictures)


def _readers(source: Path, choose: Callable[[Values], Mask]) -> Readers:
    folders = sorted({file.parent for file in source.rglob('*.png')})
    folders = [folder for folder in folders if folder != source]
    if not folders:
        raise FileNotFoundError(
            f'{source} has no PNGs in folders, one a video: give the folder that these are in.'
        )
    return {
        folder.relative_to(source).as_posix(): partial(_read, folder, choose) for folder in folders
    }


def _read(folder: Path, choose: Callable[[Values], Mask]) -> Mask:
    return choose(read_pictures(folder))


def _davis_folder(source: Path) -> Path:
    for name in ('Annotations', 'Annotations_unsupervised'):
        if (source / name).is_dir():
            source = source / name
            break
    if not source.name.startswith('Annotations'):
        return source
    sizes = [name for name in ('480p', 'Full-Resolution', '1080p') if (source / name).is_dir()]
    if len(sizes) > 1:
        raise ValueError(f'{source} has {" and ".join(sizes)}: give one of these folders.')
    return source / sizes[0] if sizes else source


def _objects(values: Values) -> Mask:
    found: Mask = (values > 0) & (values != VOID)
    return found if found.any() else values == VOID


def _above(values: Values) -> Mask:
    found: Mask = values > SURE
    return found


def _among(chosen: list[int], values: Values) -> Mask:
    return np.isin(values, chosen)


def _number(file: Path) -> tuple[int, str]:
    numbers = re.findall(r'\d+', file.stem)
    if not numbers:
        raise ValueError(f'{file} has no number in its name: it says which frame a mask is of.')
    return int(numbers[-1]), file.name


def _read_picture(file: Path) -> Values:
    try:
        with Image.open(file) as picture:
            values = np.asarray(picture)
    except (UnidentifiedImageError, OSError) as error:
        raise ValueError(f'{file} is no picture: {error}') from error
    if values.ndim == 3:
        # Three or four equal channels are still one number; colours are none.
        colours = values[..., :3]
        if (colours != colours[..., :1]).any():
            raise ValueError(
                f'{file} has colours instead of one number a pixel: save it with a palette or in '
                'grey.'
            )
        values = colours[..., 0]
    return values.astype(np.int64) if values.dtype == bool else values
