"""Turning frames without showing what lies outside of them."""

import torch
from torch import Tensor

from .thin_plate_spline import identity_grid


def rotation_grid(angles: Tensor, size: tuple[int, int]) -> Tensor:
    """Turn frames by any angle and enlarge them until no corner of the result is empty.

    Black corners would tell where in a frame a piece of it was cut (BE's space-time puzzles), and
    mirrored ones show a seam there. So the result is the largest upright part, of the frame's own
    proportions, of the turned frame: at 10 degrees a square frame is enlarged 1.16 times.

    Args:
        angles: ``[N]``, degrees, anticlockwise.
        size: Height and width of the frames.

    Returns:
        float32 ``[N, H, W, 2]`` for :func:`warp_clips`, all of it in [-1, 1] but for rounding.
    """
    height, width = size
    half = torch.tensor([width - 1, height - 1], device=angles.device) / 2
    radians = torch.deg2rad(angles.float())
    cos, sin = radians.cos(), radians.sin()
    reach = torch.stack([cos.abs(), sin.abs()], -1)
    zoom = (half / torch.stack([reach @ half, reach @ half.flip(0)], -1)).amin(-1)
    turn = torch.stack([cos, -sin, sin, cos], -1).view(-1, 2, 2) * zoom.view(-1, 1, 1)
    places = identity_grid(size, angles.device).float() * half
    return (places.view(1, -1, 2) @ turn.mT).view(-1, height, width, 2) / half
