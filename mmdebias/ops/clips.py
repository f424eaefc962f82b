"""Checks and conversions that every operation on clips shares.

Whether pixels go from 0 to 255 or from 0 to 1 is decided here and nowhere else: by their type, or,
where they are normalised already, by the mean they were normalised with.
"""

from collections.abc import Sequence

import torch
from torch import Tensor


def check_clips(clips: Tensor, min_frames: int = 1) -> None:
    """Raise unless ``clips`` is a batch of RGB clips that the operations understand.

    Args:
        clips: Should be ``[N, 3, T, H, W]``, uint8 or floating point in [0, 1].
        min_frames: The fewest frames the operation can work with.

    Raises:
        TypeError: neither uint8 nor floating point.
        ValueError: another shape, too few frames or pixels, or values outside [0, 1]. Values are
            looked at on the CPU only, and not under ``torch.compile``: elsewhere a look would make
            the host wait for the device at every step.
    """
    if clips.ndim != 5 or clips.shape[1] != 3:
        raise ValueError(
            f'clips has shape {tuple(clips.shape)}; it must be [N, 3, T, H, W] with RGB channels.'
        )
    if clips.shape[2] < min_frames:
        raise ValueError(
            f'clips has {clips.shape[2]} frame(s) and {min_frames} or more are needed: '
            'raise clip_len.'
        )
    if clips.shape[3] < 2 or clips.shape[4] < 2:
        raise ValueError(f'clips has frames of {tuple(clips.shape[3:])} pixels; 2x2 is the least.')
    if holds_bytes(clips):
        return
    if not clips.is_floating_point():
        raise TypeError(f'clips is {clips.dtype}; it must be uint8, or floating point in [0, 1].')
    if clips.device.type == 'cpu' and not torch.compiler.is_compiling() and clips.numel():
        low, high = clips.detach().aminmax()
        if not (low >= 0 and high <= 1):
            raise ValueError(
                f'clips has values from {low:.4g} to {high:.4g}; floating point clips must lie in '
                '[0, 1]. Divide by 255 if they are 0 to 255, and merge before normalising.'
            )


def holds_bytes(clips: Tensor) -> bool:
    """Tell whether pixels are uint8, 0 to 255; floating point ones are 0 to 1."""
    return clips.dtype == torch.uint8


def white(clips: Tensor) -> int:
    """Return the largest value that a pixel can have: 255 for uint8, 1 for floating point."""
    return 255 if holds_bytes(clips) else 1


def to_unit_float(clips: Tensor) -> Tensor:
    """Return uint8 clips as float32 in [0, 1]; floating point clips as they are."""
    return clips.float().div_(255) if holds_bytes(clips) else clips


def to_pixel_type(clips: Tensor, dtype: torch.dtype) -> Tensor:
    """Return the same colours in pixels of another type.

    Args:
        clips: Of any shape, uint8 or floating point in [0, 1].
        dtype: uint8 or a floating point type.

    Returns:
        The same shape; uint8 is rounded to the nearest. Clips of that type come back as they are.
    """
    if dtype == torch.uint8 and not holds_bytes(clips):
        return (clips * 255).round_().to(dtype)
    return clips if clips.dtype == dtype else to_unit_float(clips).to(dtype)


def pixel_range(mean: Sequence[float]) -> int:
    """Return the largest value of the pixels that a mean is of: 255, or 1.

    MMAction2's data preprocessors normalise pixels of 0 to 255, this package's those of [0, 1]. No
    mean of the former is below 1, none of the latter above.
    """
    return 255 if max(mean) > 1 else 1
