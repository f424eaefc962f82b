"""Putting foregrounds before other backgrounds, and taking them away; NumPy, for the workers.

Pictures are RGB, uint8 ``[H, W, 3]``; masks are bool ``[H, W]``, true on the foreground.
"""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Mask = NDArray[np.bool_]

# Reach of OpenCV's inpainting, in pixels.
INPAINT_RADIUS = 3
# Codecs blur an actor's outline into what is behind: as a share of the frame's short side.
OUTLINE = 1 / 64


def paste(frame: Picture, mask: Mask, background: Picture) -> Picture:
    """Return a frame where the mask is true, the background elsewhere: ``x M + B (1 - M)``.

    SCUBA (Li et al., ICCV 2023, arXiv:2211.12883), with one B for all frames of a video.

    Args:
        frame: uint8 ``[..., H, W, 3]``.
        mask: bool ``[..., H, W]``.
        background: uint8, of the frame's shape or one that broadcasts to it: a colour ``[3]``, or
            one picture for many frames.

    Returns:
        uint8 of the frame's shape.
    """
    pasted = np.broadcast_to(background, frame.shape).copy()
    # OpenCV looks at rows of pixels: as many frames as there are, below each other.
    rows = (-1, *frame.shape[-2:])
    marked = np.ascontiguousarray(mask).view(np.uint8).reshape(-1, frame.shape[-2])
    cv2.copyTo(np.ascontiguousarray(frame).reshape(rows), marked, pasted.reshape(rows))
    return pasted


def clean_plate(frames: Picture, masks: Mask) -> Picture:
    """Return the background behind the actor of a video.

    Each pixel is the median of those frames in which it is not masked; pixels that are masked in
    every frame are filled from around by OpenCV's inpainting (Telea). A moving camera blurs the
    median.

    Args:
        frames: uint8 ``[T, H, W, 3]``.
        masks: bool ``[T, H, W]``.

    Returns:
        uint8 ``[H, W, 3]``; where every pixel of every frame is masked, the mean colour of the
        frames.
    """
    seen = (~masks).sum(0)
    if not seen.any():
        return np.broadcast_to(mean_colour(frames), frames.shape[1:]).copy()
    # What is masked goes to the end, so the first ``seen`` values of a pixel are those that count.
    values = np.where(masks[..., None], np.uint8(255), frames)
    sort_along_time(values)
    low, high = (np.maximum(index, 0)[None, ..., None] for index in ((seen - 1) // 2, seen // 2))
    high = np.minimum(high, len(frames) - 1)
    pair = [np.take_along_axis(values, index, 0)[0].astype(np.uint16) for index in (low, high)]
    plate: Picture = ((pair[0] + pair[1]) // 2).astype(np.uint8)
    holes = (seen == 0).astype(np.uint8)
    if holes.any():
        cv2.inpaint(plate, holes, INPAINT_RADIUS, cv2.INPAINT_TELEA, dst=plate)
    return plate


def sort_along_time(values: Picture) -> None:
    """Sort an array along its first axis, in place.

    Batcher's odd-even merge sort (Knuth, The Art of Computer Programming 3, 5.2.2, algorithm M):
    which values are compared does not depend on them, so whole frames are compared at once. NumPy
    sorts each pixel by itself, which takes some ten times as long for 32 frames.

    Args:
        values: uint8 ``[T, ...]``.
    """
    count = len(values)
    most = 1 << max(count - 1, 1).bit_length() - 1
    step = most
    while step:
        part, distance, which = most, step, 0
        while True:
            for low in range(count - distance):
                if low & step == which:
                    high = low + distance
                    lower = np.minimum(values[low], values[high])
                    np.maximum(values[low], values[high], out=values[high])
                    values[low] = lower
            if part == step:
                break
            distance, part, which = part - step, part >> 1, step
        step >>= 1


def mean_colour(frames: Picture) -> Picture:
    """Return the mean RGB of frames ``[..., 3]``, uint8 ``[3]``."""
    colour: Picture = np.rint(frames.reshape(-1, 3).mean(0)).astype(np.uint8)
    return colour


def grow(mask: Mask) -> Mask:
    """Return a mask grown by a 64th of the frame's short side: its actor's blurred outline.

    Args:
        mask: bool ``[H, W]``.

    Returns:
        bool ``[H, W]``.
    """
    reach = int(np.ceil(min(mask.shape) * OUTLINE))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return cv2.dilate(mask.astype(np.uint8), disc).astype(bool)


def place(picture: Picture, mask: Mask, background: Picture, where: float) -> Picture:
    """Paste a foreground somewhere on the left or right, at its own height.

    Args:
        picture: uint8 ``[H, W, 3]``.
        mask: bool ``[H, W]`` of what is cut out of ``picture``.
        background: uint8 ``[H, W, 3]``.
        where: In [0, 1]: 0 puts its left edge at the frame's, 1 its right edge at the frame's.

    Returns:
        uint8 ``[H, W, 3]``: the whole foreground on the background; an empty mask leaves that.
    """
    if not mask.any():
        return background.copy()
    piece, inside = crop_to_mask(picture, mask)
    left = round(where * (mask.shape[1] - inside.shape[1]))
    pasted: Picture = paste_at(background[None], piece, inside, int(mask.any(1).argmax()), left)[0]
    return pasted


def partner_index(index: NDArray[np.int_], frames: int, partner_frames: int) -> NDArray[np.int_]:
    """Return the partner's frame behind a frame: ``clip(round(t / T_f * T_b), 0, T_b - 1)``.

    Action swap of HAT (Chung et al., NeurIPS 2022 Datasets and Benchmarks).

    Args:
        index: int, frames t of the video with the actor.
        frames: T_f, frames of that video.
        partner_frames: T_b, frames of the video behind.

    Returns:
        int of the same shape.
    """
    found = np.rint(np.asarray(index) / frames * partner_frames).astype(int)
    return np.clip(found, 0, partner_frames - 1)


def resize(picture: NDArray[Any], height: int, width: int) -> NDArray[Any]:
    """Return a picture ``[h, w, C]`` or bool mask ``[h, w]`` of another size; masks by nearest
    pixel."""
    if picture.shape[:2] == (height, width):
        return picture
    if picture.dtype == bool:
        nearest = cv2.resize(
            picture.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST_EXACT
        )
        return nearest.astype(bool)
    shrink = picture.shape[0] > height and picture.shape[1] > width
    how = cv2.INTER_AREA if shrink else cv2.INTER_LINEAR
    return cv2.resize(picture, (width, height), interpolation=how)


def cover(picture: Picture, height: int, width: int) -> Picture:
    """Return the largest part of a picture's middle with the aspect of ``height`` by ``width``,
    resized.

    Args:
        picture: uint8 ``[h, w, 3]``.
        height: Wanted.
        width: Wanted.

    Returns:
        uint8 ``[height, width, 3]``.
    """
    h, w = picture.shape[:2]
    scale = min(h / height, w / width)
    inner_h, inner_w = max(round(height * scale), 1), max(round(width * scale), 1)
    top, left = (h - inner_h) // 2, (w - inner_w) // 2
    return resize(picture[top : top + inner_h, left : left + inner_w], height, width)


def draw_boxes(
    boxes: Sequence[NDArray[np.floating]] | NDArray[np.floating], height: int, width: int
) -> Mask:
    """Return the union of boxes as a mask.

    Args:
        boxes: Float ``[K, 4]``: x1, y1, x2, y2 in pixels; what lies outside the frame is cut off.
        height: Of the frame.
        width: Of the frame.

    Returns:
        bool ``[height, width]``; every pixel that a box touches.
    """
    mask = np.zeros((height, width), dtype=bool)
    for x1, y1, x2, y2 in np.clip(boxes, 0, [width, height, width, height]):
        if x2 > x1 and y2 > y1:
            mask[int(y1) : int(np.ceil(y2)), int(x1) : int(np.ceil(x2))] = True
    return mask


def crop_to_mask(frame: Picture, mask: Mask) -> tuple[Picture, Mask]:
    """Return what a mask shows of a frame, cropped to it.

    Args:
        frame: ``[H, W, 3]``.
        mask: Bool ``[H, W]``.

    Returns:
        Frame ``[h, w, 3]`` and mask ``[h, w]``.

    Raises:
        ValueError: a mask of another size, or one that marks nothing.
    """
    if mask.shape != frame.shape[:2]:
        raise ValueError(f'mask {mask.shape} and frame {frame.shape[:2]} differ in size.')
    if not mask.any():
        raise ValueError('mask marks nothing: there is nothing to cut out.')
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    return frame[box], mask[box]


def scale_to_height(
    piece: Picture, mask: Mask, height: int, max_width: int
) -> tuple[Picture, Mask]:
    """Resize a piece in its proportions to a height, or a smaller one where it gets too wide.

    Args:
        piece: ``[h, w, 3]``, uint8.
        mask: Bool ``[h, w]``.
        height: Pixels.
        max_width: Pixels.

    Returns:
        Piece and mask, at least 1x1.
    """
    scale = min(height / piece.shape[0], max_width / piece.shape[1])
    size = [max(1, round(scale * side)) for side in (piece.shape[1], piece.shape[0])]
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    resized = cv2.resize(mask.astype(np.float32), size, interpolation=how)
    return cv2.resize(piece, size, interpolation=how).astype(np.uint8), resized >= 0.5


def paste_at(frames: Picture, piece: Picture, mask: Mask, top: int, left: int) -> Picture:
    """Lay a piece over all frames at one place.

    Args:
        frames: ``[T, H, W, 3]``.
        piece: ``[h, w, 3]``, the same dtype.
        mask: Bool ``[h, w]``, where the piece hides the frame.
        top: Row of its upper edge.
        left: Column of its left edge.

    Returns:
        ``[T, H, W, 3]``, new.

    Raises:
        ValueError: the piece does not lie inside the frames.
    """
    height, width = mask.shape
    if not (0 <= top <= frames.shape[1] - height and 0 <= left <= frames.shape[2] - width):
        raise ValueError(
            f'a piece of {height}x{width} at row {top}, column {left} does not lie inside frames '
            f'of {frames.shape[1]}x{frames.shape[2]}.'
        )
    pasted = frames.copy()
    pasted[:, top : top + height, left : left + width][:, mask] = piece[mask]
    return pasted
