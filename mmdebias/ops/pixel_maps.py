"""Maps ``[N, H, W]`` of a number a pixel: blurring, rescaling, and picking pixels."""

from functools import lru_cache

import torch
from torch import Tensor

EPS = 1e-8
OTSU_BINS = 256


def blur(maps: Tensor) -> Tensor:
    """Blur ``[N, H, W]``, the Gaussian's kernel a tenth of the frame (odd, sigma a third of it).

    The kernel is 5, 11, 23 pixels wide at 56, 112, 224; for frames that are not square each
    direction has its own. Borders are reflected.
    """
    height, width = maps.shape[-2:]
    rows = _blur_matrix(height, maps.device, maps.dtype)
    columns = _blur_matrix(width, maps.device, maps.dtype)
    # Two matrix products: several times as fast as convolving one channel, borders included.
    return rows @ maps @ columns.T


def gaussian_taps(size: int) -> Tensor:
    """Return the blur's one-dimensional kernel for a frame ``size`` pixels wide; sums to one."""
    taps = int(0.1 * size) // 2 * 2 + 1
    position = torch.arange(taps, dtype=torch.float64) - taps // 2
    weights = torch.exp(-(position**2) / (2 * (taps / 3) ** 2))
    return weights / weights.sum()


def rescale(maps: Tensor) -> Tensor:
    """Return each map of ``[N, H, W]`` shifted and scaled to [0, 1]; a constant one to zeros."""
    flat = maps.flatten(1)
    low = flat.amin(1)[:, None, None]
    high = flat.amax(1)[:, None, None]
    return (maps - low) / (high - low + EPS)


def top_pixels(maps: Tensor, count: int) -> Tensor:
    """Return the ``count`` largest pixels of each map; among equals those nearest the centre.

    Args:
        maps: ``[N, H, W]``, compared in float32.
        count: Pixels to take, 0 to ``H * W``.

    Returns:
        Bool ``[N, H, W]`` with ``count`` true pixels a map.
    """
    if count == 0:
        return torch.zeros_like(maps, dtype=torch.bool)
    keys = _sortable(maps)
    return keys >= _kth_smallest(keys, maps[0].numel() - count + 1)


def bottom_pixels(maps: Tensor, count: int) -> Tensor:
    """Return the ``count`` smallest pixels of each map; among equals those nearest the border.

    Args:
        maps: ``[N, H, W]``, compared in float32.
        count: Pixels to take, 0 to ``H * W``.

    Returns:
        Bool ``[N, H, W]`` with ``count`` true pixels a map.
    """
    if count == 0:
        return torch.zeros_like(maps, dtype=torch.bool)
    keys = _sortable(maps)
    return keys <= _kth_smallest(keys, count)


def otsu_threshold(maps: Tensor) -> Tensor:
    """Return the value that parts each map into two classes of least variance (Otsu, 1979).

    Args:
        maps: ``[N, H, W]`` in [0, 1].

    Returns:
        ``[N, 1, 1]``: the centre of one of 256 equal bins; pixels above it are the upper class.
    """
    flat = maps.flatten(1)
    bins = (flat * (OTSU_BINS - 1)).round().long()
    ones = flat.new_ones(1).expand_as(flat)
    counts = flat.new_zeros(len(flat), OTSU_BINS).scatter_add_(1, bins, ones)
    centres = torch.linspace(0, 1, OTSU_BINS, device=maps.device, dtype=maps.dtype)
    below, total = counts.cumsum(1), flat.shape[1]
    mass_below = (counts * centres).cumsum(1)
    above, mass_above = total - below, mass_below[:, -1:] - mass_below
    gap = mass_below / below.clamp(min=1) - mass_above / above.clamp(min=1)
    return centres[(below * above * gap**2).argmax(1)][:, None, None]


def _sortable(maps: Tensor) -> Tensor:
    """Return whole numbers ``[N, H, W]`` in the order of ``maps``, no two alike: nearer the centre
    wins.

    The bits of a positive float sort as it does. Below them stands the rank, so that one selection
    settles ties as well, on any device, without waiting for it.
    """
    bits = (maps.float() + 0.0).view(torch.int32)  # + 0.0 makes -0 and 0 alike
    bits = bits ^ ((bits >> 31) & 0x7FFFFFFF)
    return (bits.long() << 31) + _nearness(*maps.shape[-2:], maps.device)


def _kth_smallest(keys: Tensor, k: int) -> Tensor:
    return keys.flatten(1).kthvalue(k, dim=1).values[:, None, None]


@lru_cache(maxsize=32)
def _nearness(height: int, width: int, device: torch.device) -> Tensor:
    """Rank ``[H, W]`` of each pixel: 0 farthest from the centre, ``H * W - 1`` nearest."""
    y = (torch.arange(height) + 0.5) / height - 0.5
    x = (torch.arange(width) + 0.5) / width - 0.5
    outwards = (y[:, None] ** 2 + x**2).flatten().argsort(stable=True)
    ranks = torch.empty_like(outwards)
    ranks[outwards] = torch.arange(height * width).flip(0)
    return ranks.view(height, width).to(device)


@lru_cache(maxsize=32)
def _blur_matrix(size: int, device: torch.device, dtype: torch.dtype) -> Tensor:
    """Return the blur along one direction, borders reflected, as a matrix ``[size, size]``."""
    taps = gaussian_taps(size)
    reach = len(taps) // 2
    padded = torch.arange(-reach, size + reach).abs()
    source = torch.where(padded >= size, 2 * (size - 1) - padded, padded)
    matrix = torch.zeros(size, size, dtype=torch.float64)
    rows = torch.arange(size)
    for tap, weight in enumerate(taps):
        matrix[rows, source[tap : tap + size]] += weight
    return matrix.to(device, dtype)


def mask_overlap(mask: Tensor, truth: Tensor) -> dict[str, Tensor]:
    """Compare masks with the true foreground.

    Args:
        mask: Bool ``[N, H, W]``.
        truth: Bool ``[N, H, W]``.

    Returns:
        float ``[N]`` in [0, 1]: ``iou``, intersection over union; ``covered``, the share of the
        truth inside the mask; ``outside``, the share of the mask outside the truth. A share of
        nothing is 0.
    """
    both, either, true, marked = (
        pixels.flatten(1).sum(1) for pixels in (mask & truth, mask | truth, truth, mask)
    )
    return dict(
        iou=both / either.clamp(min=1),
        covered=both / true.clamp(min=1),
        outside=(marked - both) / marked.clamp(min=1),
    )
