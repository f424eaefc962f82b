"""How likely a colour is a foreground's (FAME section 3.2)."""

import math

import torch
from torch import Tensor

from .hue import rgb_to_hsv
from .pixel_maps import EPS

COLOUR_BINS = 10


def colour_likelihood(
    colours: Tensor, foreground: Tensor, background: Tensor, bins: int = COLOUR_BINS**3
) -> Tensor:
    """Compute P(F|x): how likely a pixel's colour is a foreground colour (FAME section 3.2).

    Colours are counted once over sure foreground and once over sure background, and
    ``P(x|F) / (P(x|F) + P(x|B))`` is read back for each pixel. Background counts start at one, as
    in the authors' code: a colour never seen there is unlikely, not impossible.

    Args:
        colours: int64 ``[N, H, W]`` in [0, bins), see :func:`colour_bins`.
        foreground: Bool ``[N, H, W]``, pixels whose colours are foreground.
        background: Bool ``[N, H, W]``, pixels whose colours are background.
        bins: How many colours there are.

    Returns:
        float32 ``[N, H, W]`` in [0, 1).
    """
    n, flat = len(colours), colours.flatten(1)
    counts = torch.zeros(n, 2, bins, device=colours.device)
    counts[:, 1] = 1
    for side, pixels in enumerate((foreground, background)):
        counts[:, side].scatter_add_(1, flat, pixels.flatten(1).float())
    of_foreground, of_background = (counts / (counts.sum(-1, keepdim=True) + EPS)).unbind(1)
    likelihood = of_foreground / (of_foreground + of_background)
    return likelihood.gather(1, flat).view(colours.shape)


def colour_bins(image: Tensor, official_hue: bool = True) -> Tensor:
    """Return which of 1000 colour bins each pixel falls in.

    The bins are 10x10x10 over (saturation * cos hue, saturation * sin hue, value).

    Args:
        image: RGB float ``[N, 3, H, W]`` in [0, 1].
        official_hue: True multiplies a hue that is in radians already by 2 pi once more, as the
            authors' code does.

    Returns:
        int64 ``[N, H, W]`` in [0, 1000).
    """
    hue, saturation, value = rgb_to_hsv(image)
    if official_hue:
        hue = hue * 2 * math.pi
    last = COLOUR_BINS - 1
    # Bins are rounded counting from one: greys lie exactly between two bins of hue, and rounding
    # half to even sends 5.5 up where it would send 4.5 down.
    x, y, z = (
        torch.round(channel * last + 1) - 1
        for channel in (
            (saturation * torch.cos(hue) + 1) / 2,
            (saturation * torch.sin(hue) + 1) / 2,
            value,
        )
    )
    return (x + COLOUR_BINS * (y + COLOUR_BINS * z)).long()
