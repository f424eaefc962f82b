"""Sinusoid stripes: a background that belongs to no action and to no scene."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def sinusoid_stripes(
    height: int,
    width: int,
    half_width: float,
    spacing: float,
    colours: Sequence[Sequence[int]],
    amplitude: float = 0.0,
    wavelength: float = 128.0,
    angle: float = 0.0,
    phase: tuple[float, float] = (0.0, 0.0),
) -> NDArray[np.uint8]:
    """Draw parallel stripes that follow a sinusoid.

    The procedural backgrounds of SCUBA (Li et al., ICCV 2023, arXiv:2211.12883). Their picture is
    cut out of a larger canvas, so that turning it leaves no corner empty; here each pixel is worked
    out from where it is, and there are no corners.

    In coordinates (u, v) turned by ``angle`` about the middle of the picture, the middle lines of
    the stripes are ``v = amplitude * sin(2 pi u / wavelength) + k * spacing``, for whole numbers k.
    Lengths are in pixels.

    Args:
        height: Of the picture.
        width: Of the picture.
        half_width: From a stripe's middle line to its edge, along v.
        spacing: From one middle line to the next, along v; at least twice ``half_width``.
        colours: RGB of the stripes and of what is between them, 0 to 255. An edge's pixels mix the
            two by how much of each they hold.
        amplitude: Of the sinusoid; 0 gives straight stripes.
        wavelength: Of the sinusoid, above 0.
        angle: In radians, clockwise.
        phase: What is added to u and v.

    Returns:
        uint8 ``[height, width, 3]``.

    Raises:
        ValueError: ``half_width`` or ``wavelength`` not above 0, or stripes that touch.
    """
    if not (half_width > 0 and wavelength > 0):
        raise ValueError(f'half_width={half_width}, wavelength={wavelength} must be above 0.')
    if spacing < 2 * half_width:
        raise ValueError(f'spacing={spacing} must be at least twice half_width={half_width}.')
    y = np.arange(height)[:, None] - (height - 1) / 2
    x = np.arange(width) - (width - 1) / 2
    u = x * np.cos(angle) + y * np.sin(angle) + phase[0]
    v = y * np.cos(angle) - x * np.sin(angle) + phase[1]
    v = v - amplitude * np.sin(2 * np.pi * u / wavelength)
    distance = np.abs((v + spacing / 2) % spacing - spacing / 2)
    share = np.clip(half_width - distance + 0.5, 0, 1)[..., None]
    stripe, between = np.asarray(colours, dtype=float)
    picture: NDArray[np.uint8] = np.rint(share * stripe + (1 - share) * between).astype(np.uint8)
    return picture
