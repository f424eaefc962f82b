"""Photographs as scenes: eight groups of a folder's pictures, one for each class.

Where the folder has eight subfolders with pictures, these are the groups, so that a class goes with
a kind of scene. Any other pictures are dealt out: in the order of a hash of their paths, the first
to the first group, and so on. A class then goes with certain photographs, which have nothing in
common; the bias means the same. All splits draw from the same photographs.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from mmdebias.ops.compositing import cover

from .motions import CLASSES

PICTURES = ('.jpg', '.jpeg', '.png', '.bmp', '.webp', '.ppm')
# A photograph is shown enlarged by up to this much, from any place.
ZOOM = 1.25


@lru_cache(maxsize=4)
def photograph_groups(folder: str) -> dict[str, tuple[str, ...]]:
    """Return the pictures of each of eight groups by the group's name, relative to the folder.

    Raises:
        ValueError: the folder is missing or holds fewer than eight pictures.
    """
    found = sorted(
        path.relative_to(folder)
        for path in Path(folder).rglob('*')
        if path.suffix.lower() in PICTURES and path.is_file()
    )
    count = len(CLASSES)
    if len(found) < count:
        raise ValueError(
            f'images={folder!r}: {len(found)} pictures ({", ".join(PICTURES)}) are there; give a '
            f'folder with {count} or more, or with {count} subfolders of them'
        )
    kinds = sorted({path.parts[0] for path in found if len(path.parts) > 1})
    if len(kinds) == count and all(len(path.parts) > 1 for path in found):
        return {
            kind: tuple(path.as_posix() for path in found if path.parts[0] == kind)
            for kind in kinds
        }
    names = sorted(
        (path.as_posix() for path in found), key=lambda name: hashlib.sha256(name.encode()).digest()
    )
    return {f'photographs_{group}': tuple(names[group::count]) for group in range(count)}


@lru_cache(maxsize=4)
def describe_photographs(folder: str) -> str:
    """Return the number of pictures and a digest of their paths and sizes.

    A folder that is moved stays the same; one that gets or loses pictures does not.
    """
    names = [name for group in photograph_groups(folder).values() for name in group]
    listed = [f'{name}\0{Path(folder, name).stat().st_size}' for name in names]
    digest = hashlib.sha256('\n'.join(listed).encode()).hexdigest()
    return f'{len(names)} pictures, {digest[:16]}'


def read_photograph(
    folder: str, scene: int, height: int, width: int, rng: np.random.Generator
) -> np.ndarray:
    """Read a picture of a group, so that it fills the frame.

    Args:
        folder: The photographs.
        scene: Index of the group.
        height: Height in pixels.
        width: Width in pixels.
        rng: Source of which picture and which part of it.

    Returns:
        BGR picture, float32 [height, width, 3] in [0, 1].

    Raises:
        ValueError: the picture cannot be read.
    """
    group = list(photograph_groups(folder).values())[scene]
    path = Path(folder, group[rng.integers(len(group))])
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        raise ValueError(f'{path} is no picture that OpenCV reads: remove it from {folder}')
    zoom, place, flipped = rng.uniform(1, ZOOM), rng.random(2), rng.random() < 0.5
    large = cover(picture.astype(np.uint8), round(height * zoom), round(width * zoom))
    top, left = np.round(place * (large.shape[0] - height, large.shape[1] - width)).astype(int)
    shown = large[top : top + height, left : left + width]
    return (shown[:, ::-1] if flipped else shown).astype(np.float32) / 255
