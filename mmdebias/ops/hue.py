"""The hue of frames: reading it, and turning it (Smith, SIGGRAPH 1978: the hexcone model, HSV)."""

import math

import torch
from torch import Tensor

from .pixel_maps import EPS


def rgb_to_hsv(image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Turn RGB ``[..., 3, H, W]`` in [0, 1] to hue in [0, 2 pi), saturation, value in [0, 1]."""
    sixths, chroma, value = _hexcone(image)
    return sixths / 6 % 1 * 2 * math.pi, chroma / (value + EPS), value


def turn_hue(frames: Tensor, angle: Tensor | float) -> Tensor:
    """Turn the hue of RGB frames.

    The same as ``kornia.enhance.adjust_hue`` (to 1e-5) in a quarter of its time: the largest and
    the smallest channel of a pixel stay what they are, so no image in HSV is made on the way.

    Args:
        frames: Float ``[..., 3, H, W]`` in [0, 1].
        angle: In radians, a number or one for each of the first of the leading dimensions.

    Returns:
        Float frames of the same shape, in [0, 1].
    """
    angle = torch.as_tensor(angle, dtype=frames.dtype, device=frames.device)
    angle = angle.reshape(*angle.shape, *[1] * (frames.dim() - 1 - angle.dim()))
    sixths, chroma, value = _hexcone(frames)
    hue = (sixths + angle * (3 / math.pi)).remainder(6)
    least = value - chroma
    return torch.stack(
        [
            least + chroma * ((hue - 3).abs() - 1).clamp(0, 1),
            least + chroma * (2 - (hue - 2).abs()).clamp(0, 1),
            least + chroma * (2 - (hue - 4).abs()).clamp(0, 1),
        ],
        -3,
    )


def _hexcone(image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return the hue in sixths of the circle, -1 to 5, 0 red and 2 green; chroma and value."""
    red, green, blue = image.unbind(-3)
    value = torch.maximum(torch.maximum(red, green), blue)
    chroma = value - torch.minimum(torch.minimum(red, green), blue)
    hue = torch.where(
        value == red,
        green - blue,
        torch.where(value == green, blue - red + 2 * chroma, red - green + 4 * chroma),
    )
    # Greys have no hue; 0 is as good as any.
    return hue / torch.where(chroma == 0, 1, chroma), chroma, value
