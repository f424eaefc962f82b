"""Pieces of clips, for the pretext tasks that BE is plugged into (section 3.3.1)."""

from collections.abc import Sequence

import torch
from torch import Tensor


def cut_pieces(clips: Tensor, corners: Tensor, size: Sequence[int]) -> Tensor:
    """Cut boxes of one size out of clips.

    Args:
        clips: ``[N, C, T, H, W]``, any dtype.
        corners: int64 ``[N, P, 3]``: where each of P pieces begins in time, height and width. Kept
            on the CPU, or each piece waits for the device.
        size: Frames, height and width ``(t, h, w)`` of a piece.

    Returns:
        ``[N, P, C, t, h, w]`` of the dtype of ``clips``.

    Raises:
        ValueError: corners of another shape, or a piece that does not lie in its clip.
    """
    if corners.ndim != 3 or (len(corners), corners.shape[2]) != (len(clips), 3):
        raise ValueError(
            f'corners has shape {tuple(corners.shape)}; clips {tuple(clips.shape)} need '
            f'[{len(clips)}, P, 3].'
        )
    ends = corners + torch.tensor(size)
    if (corners < 0).any() or (ends > torch.tensor(clips.shape[2:])).any():
        raise ValueError(
            f'A piece of {tuple(size)} that begins at {corners.flatten(0, 1).amax(0).tolist()} '
            f'does not lie in clips of {tuple(clips.shape[2:])} (frames, height, width).'
        )
    t, h, w = size
    pieces = [
        clip[:, i : i + t, y : y + h, x : x + w]
        for clip, begins in zip(clips, corners.tolist())
        for i, y, x in begins
    ]
    return torch.stack(pieces).view(*corners.shape[:2], clips.shape[1], t, h, w)


def rotate(clips: Tensor, quarter_turns: Tensor) -> Tensor:
    """Turn each clip anticlockwise by a number of right angles.

    Args:
        clips: ``[N, C, T, S, S]`` of square frames, any dtype.
        quarter_turns: int64 ``[N]``. Kept on the CPU, or each clip waits for the device.

    Returns:
        The same shape and dtype.

    Raises:
        ValueError: frames that are not square: turned ones could not be stacked.
    """
    height, width = clips.shape[-2:]
    if height != width:
        raise ValueError(
            f'clips has frames of {height}x{width} pixels; only square ones keep their shape when '
            'turned: resize them.'
        )
    turns = quarter_turns.tolist()
    return torch.stack([clip.rot90(k, dims=(2, 3)) for clip, k in zip(clips, turns, strict=True)])
