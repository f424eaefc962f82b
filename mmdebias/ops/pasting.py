"""Cutting something out of a frame and pasting it, still, into every frame of a clip."""

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Mask = NDArray[np.bool_]


def cut_out(frame: Picture, mask: Mask) -> tuple[Picture, Mask]:
    """What a mask shows of a frame, cropped to it.

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


def paste(frames: Picture, piece: Picture, mask: Mask, top: int, left: int) -> Picture:
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
