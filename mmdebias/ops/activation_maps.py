"""Activation maps: where a feature map is strong, and how much of that is foreground.

The class-agnostic activation map (CAAM) of FAME (Fig. 1), BE (section 4.7) and DSM (Fig. 5): the
last feature map, averaged over its channels and resized over the clip. No label and no classifier
takes part. All functions take and return tensors.
"""

from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor


def channel_map(features: Tensor, reduce: Literal['mean', 'norm'] = 'mean') -> Tensor:
    """Return one number for each place of a feature map.

    Args:
        features: ``[N, C, T, H, W]``, floating point.
        reduce: 'mean', the average of the channels, as BE and DSM do; 'norm', their L2 norm, for
            features that are not kept above zero by a last ReLU and would cancel.

    Returns:
        ``[N, T, H, W]``.

    Raises:
        ValueError: another shape, or an unknown ``reduce``.
    """
    if features.ndim != 5:
        raise ValueError(f'features has shape {tuple(features.shape)}, wanted [N, C, T, H, W].')
    if reduce == 'mean':
        return features.mean(1)
    if reduce == 'norm':
        norms: Tensor = torch.linalg.vector_norm(features, dim=1)
        return norms
    raise ValueError(f"reduce={reduce!r} is neither 'mean' nor 'norm'.")


def stretch_maps(maps: Tensor, size: tuple[int, int, int]) -> Tensor:
    """Resize maps over their clips, trilinearly.

    Args:
        maps: ``[N, T', H', W']``.
        size: ``(T, H, W)`` of the clips.

    Returns:
        ``[N, T, H, W]``, float.
    """
    maps = maps.float()[:, None]
    return F.interpolate(maps, size=tuple(size), mode='trilinear', align_corners=False)[:, 0]


def to_heat(maps: Tensor, reference: Tensor | None = None) -> Tensor:
    """Scale maps to [0, 1], each clip by its own smallest and largest value.

    Args:
        maps: ``[N, T, H, W]``.
        reference: Maps ``[N, ...]`` whose range counts instead: with those of the undisturbed clip,
            a clip that the encoder answers less to stays dark. What lies outside is clipped.

    Returns:
        ``[N, T, H, W]`` in [0, 1]. Maps without a range, even ones, become 0.
    """
    flat = (maps if reference is None else reference).flatten(1)
    low, high = (value.view(-1, 1, 1, 1) for value in flat.aminmax(dim=1))
    span = high - low
    # Rounding leaves an even map a range of some last bits, which must not be blown up to [0, 1].
    noise = 1e-5 * torch.maximum(low.abs(), high.abs())
    heat = (maps - low) / torch.where(span > noise, span, torch.ones_like(span))
    return torch.where(span > noise, heat, torch.zeros_like(heat)).clamp(0, 1)


def energy_inside(heat: Tensor, masks: Tensor) -> Tensor:
    """Return share of a map's sum that lies inside the foreground.

    An even map has the foreground's share of the pixels: compare with ``masks.float().mean()``. So
    does a map that is zero everywhere, by definition.

    The measure is the energy-based pointing game of H. Wang et al., "Score-CAM", CVPR Workshops
    2020, section 4.2, with a mask in place of the box.

    Args:
        heat: ``[N, T, H, W]``, 0 or more.
        masks: Bool ``[N, T, H, W]``, true in the foreground.

    Returns:
        ``[N]`` in [0, 1].

    Raises:
        ValueError: shapes that differ, or heat below 0.
    """
    if heat.shape != masks.shape or heat.ndim != 4:
        raise ValueError(
            f'heat {tuple(heat.shape)} and masks {tuple(masks.shape)} must both be [N, T, H, W].'
        )
    if (heat < 0).any():
        raise ValueError(f'heat is {heat.min():.4g} at its lowest: scale it with to_heat first.')
    heat, masks = heat.double().flatten(1), masks.double().flatten(1)
    total = heat.sum(1)
    share = (heat * masks).sum(1) / torch.where(total > 0, total, torch.ones_like(total))
    return torch.where(total > 0, share, masks.mean(1)).float()


def responses(features: Tensor) -> Tensor:
    """Return DSM's response value of each clip (Fig. 5) before its scaling: the mean of its feature
    map.

    Args:
        features: ``[N, C, T, H, W]``.

    Returns:
        ``[N]``.

    Raises:
        ValueError: another shape.
    """
    return channel_map(features).flatten(1).mean(1)
