"""Backgrounds that a bias report puts behind the actors."""

from __future__ import annotations

import colorsys
import hashlib
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from mmdebias.ops.compositing import Mask, Picture, clean_plate, cover, grow, paste, resize
from mmdebias.ops.stripes import sinusoid_stripes

from .masks import MaskSource
from .reading import read_frames, spread, video_path

PICTURES = ('.jpg', '.jpeg', '.png', '.bmp', '.webp', '.ppm')
# Lengths of the stripes are of pictures with this short side, and grow with the frame.
STRIPE_FRAME = 256
# Frames of a video that its clean plate is the median of, and the most their short side may have:
# a plate fills holes, and that of a video in full HD would take a minute.
PLATE_FRAMES, PLATE_SIDE = 32, 256


def draws(seed: int, what: str) -> np.random.RandomState:
    """Return random numbers of a row for one purpose, such as 'stripes'.

    Each purpose has its own, so that a draw more for one changes none of the others. RandomState's
    numbers are promised never to change; those of NumPy's newer generators are not.
    """
    digest = hashlib.sha256(f'{seed}\0{what}'.encode()).digest()
    return np.random.RandomState(int.from_bytes(digest[:4], 'big'))


def draw_stripes(seed: int, height: int, width: int) -> Picture:
    """Draw SCUBA's stripes in two complementary colours.

    Half-width 5 to 20 pixels, spacing 3 to 5 half-widths, any rotation, for frames whose short
    side is 256; lengths grow with the frame. What the paper leaves open: a saturated colour of any
    hue, a wavelength of 64 to 256 pixels, an amplitude of .05 to .15 wavelengths.

    Args:
        seed: Of the row.
        height: Of the frames.
        width: Of the frames.

    Returns:
        uint8 ``[height, width, 3]``, RGB.
    """
    draw = draws(seed, 'stripes').uniform
    unit = min(height, width) / STRIPE_FRAME
    half_width = draw(5, 20)
    spacing = draw(3, 5) * half_width
    wavelength = draw(64, 256)
    amplitude = draw(0.05, 0.15) * wavelength
    # Saturated and bright, so that some channel differs by half its range or more: the complement
    # of a grey would be nearly the same grey.
    colour = colorsys.hsv_to_rgb(draw(0, 1), draw(0.5, 1), draw(0.75, 1))
    stripe = np.rint(255 * np.array(colour)).astype(int)
    return sinusoid_stripes(
        height,
        width,
        half_width * unit,
        spacing * unit,
        (stripe, 255 - stripe),
        amplitude * unit,
        wavelength * unit,
        angle=draw(0, 2 * np.pi),
        phase=(draw(0, wavelength) * unit, draw(0, spacing) * unit),
    )


def list_images(folder: str | Path) -> list[str]:
    """Return pictures of a folder and the folders in it, relative to it, sorted.

    Raises:
        ValueError: there is none.
    """
    found = sorted(
        path.relative_to(folder).as_posix()
        for path in Path(folder).rglob('*')
        if path.suffix.lower() in PICTURES
    )
    if not found:
        raise ValueError(f'{folder} holds no pictures ({", ".join(PICTURES)}).')
    return found


def read_image(path: str | Path, height: int, width: int) -> Picture:
    """Return a picture that fills the frame: its middle, cut to the frame's shape, resized.

    Returns:
        uint8 ``[height, width, 3]``, RGB.

    Raises:
        ValueError: the file is missing or no picture.
    """
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        raise ValueError(f'{path} is missing or no picture.')
    return cover(picture[..., ::-1].astype(np.uint8), height, width)


def frame_with_foreground(
    root: str | Path, video: str, masks: MaskSource, moment: float
) -> tuple[Picture, Mask]:
    """Return a frame of a video with its foreground: the frame nearest a moment that has one.

    The moment's frame and 15 others, evenly spread, are tried.

    Args:
        root: Folder that the videos are relative to.
        video: As in the list.
        masks: Where its masks come from.
        moment: In [0, 1).

    Returns:
        Frame, uint8 ``[H, W, 3]``, and mask, bool ``[H, W]``.

    Raises:
        ValueError: the masks of all of them are empty.
    """

    def choose(total: int) -> NDArray[np.int_]:
        return np.append(int(moment * total), spread(total, 15))

    frames, chosen, total = read_frames(video_path(root, video), choose)
    found = masks.masks(video, chosen, total, *frames[0].shape[:2])
    filled = np.flatnonzero(found.any((1, 2)))
    if not len(filled):
        raise ValueError(
            f'{video} has no foreground to cut out: {masks.description}, empty in {len(found)} '
            'frames spread over it. Take it out of the list.'
        )
    nearest = filled[np.abs(chosen[filled] - chosen[0]).argmin()]
    return frames[nearest], found[nearest]


# Of a short side of 256 at most, these are below 100 MB.
@lru_cache(maxsize=256)
def clean_plate_of_video(root: str, video: str, masks: MaskSource) -> Picture:
    """Return the background of a video, see :func:`mmdebias.ops.compositing.clean_plate`.

    Of up to 32 frames, evenly spread; masks are grown a little (:func:`grow`).

    Returns:
        uint8 ``[H, W, 3]``, not to be written into: it is kept. Of the size of the frames, or
        smaller, with a short side of 256.
    """
    frames, chosen, total = read_frames(
        video_path(root, video), lambda total: spread(total, PLATE_FRAMES)
    )
    height, width = frames[0].shape[:2]
    scale = min(PLATE_SIDE / min(height, width), 1)
    size = round(height * scale), round(width * scale)
    small = np.stack([resize(frame, *size) for frame in frames])
    found = masks.masks(video, chosen, total, height, width, size=size)
    plate = clean_plate(small, np.stack([grow(mask) for mask in found]))
    plate.flags.writeable = False
    return plate


def without_actor(frame: Picture, mask: Mask, root: str, video: str, masks: MaskSource) -> Picture:
    """Return a frame of a video with the plate where the actor is.

    Args:
        frame: uint8 ``[H, W, 3]``.
        mask: bool ``[H, W]``, of that frame; it is grown a little.
        root: Folder that the videos are relative to.
        video: As in the list.
        masks: Where the video's masks come from.

    Returns:
        uint8 ``[H, W, 3]``.
    """
    # A protocol is not known to be hashable; its classes are.
    plate = resize(clean_plate_of_video(root, video, masks), *frame.shape[:2])  # type: ignore[arg-type]
    return paste(plate, grow(mask), frame)


def still_scene(root: str, video: str, masks: MaskSource, moment: float) -> Picture:
    """Return the frame of a video at a moment, without its actor: its scene, and no other
    foreground.

    Args:
        root: Folder that the videos are relative to.
        video: As in the list.
        masks: Where its masks come from.
        moment: In [0, 1).

    Returns:
        uint8 ``[H, W, 3]``.
    """
    frames, chosen, total = read_frames(
        video_path(root, video), lambda total: np.array([int(moment * total)])
    )
    (mask,) = masks.masks(video, chosen, total, *frames[0].shape[:2])
    return without_actor(frames[0], mask, root, video, masks)
