"""DSM: bending frames by a thin-plate spline.

The spatial warping of Decoupling the Scene and the Motion (Wang et al., AAAI 2021, section "Spatial
Local Disturbance"), with the spline of Bookstein (1989): the smoothest map that takes each target
point to its source point. Coordinates are (x, y) in [-1, 1], -1 and 1 the centres of the corner
pixels (``align_corners=True`` in PyTorch).
"""

import torch
import torch.nn.functional as F
from torch import Tensor

BORDERS = ('zeros', 'border', 'reflection')


def tps_grid(source: Tensor, target: Tensor, size: tuple[int, int]) -> Tensor:
    """Return where each output pixel comes from, if output point ``target`` shows input point
    ``source``.

    Computed in float32 (float64 for such points), also under autocast; differentiable in both sets
    of points.

    Args:
        source: ``[N, P, 2]``, P at least 3. They may lie outside of the frame. Where they change
            places the grid folds: a part of the frame is seen more than once, once mirrored.
        target: ``[N, P, 2]``, or ``[1, P, 2]`` for all; different points, not all on a line.
        size: Height and width of the output.

    Returns:
        ``[N, H, W, 2]`` for :func:`warp_clips`.

    Raises:
        ValueError: shapes that do not fit together, or target points that define no spline (two
            in the same place, all on a line; looked at only on the CPU).
    """
    if source.ndim != 3 or source.shape[2] != 2:
        raise ValueError(f'source has shape {tuple(source.shape)}; it must be [N, P, 2].')
    if target.shape[1:] != source.shape[1:] or len(target) not in (1, len(source)):
        raise ValueError(
            f'target has shape {tuple(target.shape)} and source {tuple(source.shape)}; each source '
            'point needs one target point.'
        )
    source = source if source.dtype == torch.float64 else source.float()
    return bend(source, tps_basis(target, size).to(source.dtype), size)


def tps_basis(target: Tensor, size: tuple[int, int]) -> Tensor:
    """Return how much each source point weighs in each pixel's place: all of a spline but the
    source.

    The spline is linear in its source points. So the linear system is solved here, once for any
    number of warps with the same target points, and a grid is one matrix product, :func:`bend`.

    Args:
        target: ``[N, P, 2]``.
        size: Height and width of the output.

    Returns:
        float64 ``[N, H * W, P]``; the weights of a pixel sum to one.

    Raises:
        ValueError: see :func:`tps_grid`.
    """
    n, points = target.shape[:2]
    if points < 3:
        raise ValueError(f'target has {points} points; a thin-plate spline needs 3 or more.')
    # float64: the system's condition grows with the number of points.
    target = target.double()
    affine = _affine(target)
    system = target.new_zeros(n, points + 3, points + 3)
    system[:, :points, :points] = _kernel(target, target)
    system[:, :points, points:] = affine
    system[:, points:, :points] = affine.mT
    inverse = torch.linalg.inv_ex(system).inverse
    if target.device.type == 'cpu':
        rest = system @ inverse - torch.eye(points + 3, dtype=target.dtype)
        if not rest.abs().amax() < 1e-6:
            raise ValueError(
                'target has two points in the same place, or all on a line: no spline goes through '
                'them. Spread them over the frame.'
            )
    pixels = identity_grid(size, target.device).view(1, -1, 2)
    weights, shift = inverse[:, :, :points].split([points, 3], dim=1)
    basis: Tensor = _kernel(pixels, target) @ weights + _affine(pixels) @ shift
    return basis


def bend(source: Tensor, basis: Tensor, size: tuple[int, int]) -> Tensor:
    """Return the grid ``[N, H, W, 2]`` of source points ``[N, P, 2]`` by a basis of
    :func:`tps_basis`."""
    with torch.autocast(source.device.type, enabled=False):
        return (basis @ source).view(-1, *size, 2)


def warp_clips(clips: Tensor, grid: Tensor, border: str = 'zeros') -> Tensor:
    """Sample all frames of each clip at the same places, bilinearly.

    Args:
        clips: Floating point ``[N, C, T, H, W]``.
        grid: ``[N, H', W', 2]``.
        border: What lies outside of the frame: 'zeros' is black, 'border' the edge's pixel,
            'reflection' the frame mirrored.

    Returns:
        ``[N, C, T, H', W']``.

    Raises:
        ValueError: an unknown ``border``.
    """
    check_border(border)
    frames = F.grid_sample(
        clips.flatten(1, 2), grid.to(clips.dtype), padding_mode=border, align_corners=True
    )
    return frames.view(*clips.shape[:3], *frames.shape[2:])


def uniform_points(points: int) -> Tensor:
    """Return ``points`` x ``points`` places spread evenly over the frame, corners included.

    Returns:
        float64 ``[points ** 2, 2]``, (x, y) row by row.
    """
    return identity_grid((points, points), torch.device('cpu')).view(-1, 2)


def identity_grid(size: tuple[int, int], device: torch.device) -> Tensor:
    """Return each pixel's own place: float64 ``[H, W, 2]``."""
    y, x = (torch.linspace(-1, 1, n, dtype=torch.double, device=device) for n in size)
    return torch.stack(torch.meshgrid(x, y, indexing='xy'), dim=-1)


def check_border(border: str) -> None:
    """Raise ValueError unless ``border`` is one of those that warping fills with."""
    if border not in BORDERS:
        raise ValueError(f'border={border!r} is unknown; use one of {BORDERS}.')


def _affine(places: Tensor) -> Tensor:
    """Return ``(1, x, y)`` of places ``[N, Q, 2]``: ``[N, Q, 3]``."""
    return torch.cat([torch.ones_like(places[..., :1]), places], dim=-1)


def _kernel(places: Tensor, points: Tensor) -> Tensor:
    """Return ``r^2 log r^2``, distances from ``[N, Q, 2]`` to ``[N, P, 2]``: ``[N, Q, P]``."""
    # Not torch.cdist: its gradient is not defined at distance 0, where every point meets itself.
    squares = (places[:, :, None] - points[:, None]).square().sum(-1)
    return torch.xlogy(squares, squares.clamp(min=1e-30))
