"""How the camera moves from frame to frame, and undoing it."""

import torch
import torch.nn.functional as F
from torch import Tensor

from .clips import white

# Coarse to fine: a pan of an eighth of the frame is one or two pixels at 16.
SIZES = (16, 32, 64)
ITERATIONS = 8


def camera_motion(clips: Tensor) -> Tensor:
    """Return the affine motion of the greater part of the picture between neighbouring frames.

    Gauss-Newton on the grey values with weights that let the foreground go (Geman-McClure), from
    coarse to fine. All pairs of all clips are solved together and nothing waits for the device,
    so that it can stand in a training step; OpenCV's registration works on one pair on the CPU.
    Six parameters are enough: between neighbouring frames the perspective of a homography is far
    below a pixel.

    Args:
        clips: RGB ``[N, 3, T, H, W]``, uint8 or float in [0, 1].

    Returns:
        float32 ``[N, T - 1, 2, 3]``: for a place (x, y) of frame t, in [-1, 1] from border to
        border as :func:`torch.nn.functional.affine_grid` has it (``align_corners=False``), the
        place in frame t + 1 that shows the same. Identity for a still camera and for frames
        without texture.
    """
    grey = clips.float().mean(1) / white(clips)
    n, frames, height, width = grey.shape
    pairs = n * (frames - 1)
    motion = grey.new_zeros(pairs, 6)
    for size in SIZES:
        level = _smooth(F.adaptive_avg_pool2d(grey, (min(size, height), min(size, width))))
        now, after = (part.flatten(0, 1)[:, None] for part in (level[:, :-1], level[:, 1:]))
        for _ in range(ITERATIONS):
            motion = motion + _step(now, after, motion)
    return _affine(motion).view(n, frames - 1, 2, 3)


def align(frames: Tensor, motion: Tensor) -> tuple[Tensor, Tensor]:
    """Move frames back to where the camera was one frame before.

    Args:
        frames: float ``[N, C, H, W]``.
        motion: ``[N, 2, 3]`` of :func:`camera_motion`.

    Returns:
        The moved frames (bilinear, borders repeated), and bool ``[N, H, W]``: where they show
        something that was inside the frame.
    """
    n, _, height, width = frames.shape
    grid = F.affine_grid(motion, [n, 1, height, width], align_corners=False)
    moved = F.grid_sample(frames, grid, align_corners=False, padding_mode='border')
    return moved, grid.abs().amax(-1) <= 1


def _step(now: Tensor, after: Tensor, motion: Tensor) -> Tensor:
    """Return one weighted Gauss-Newton step ``[P, 6]`` for pairs ``[P, 1, h, w]``."""
    moved, inside = align(after, _affine(motion))
    error = (now - moved)[:, 0]
    slope_x, slope_y = _slopes(moved[:, 0])
    y, x = (
        torch.linspace(-1 + 1 / size, 1 - 1 / size, size, device=now.device)
        for size in now.shape[-2:]
    )
    y = y[:, None]
    jacobian = torch.stack(
        [slope_x * x, slope_x * y, slope_x, slope_y * x, slope_y * y, slope_y], 1
    ).flatten(2)
    scale = _median(error.abs() * inside).clamp(min=1e-3) * 3
    weight = (inside / (1 + (error / scale) ** 2) ** 2).flatten(1)
    weighted = jacobian * weight[:, None]
    # A frame without texture has no slopes: the small diagonal then answers with no motion.
    ridge = 1e-6 * weight.shape[1] * torch.eye(6, device=now.device)
    normal = weighted @ jacobian.transpose(1, 2) + ridge
    right = weighted @ error.flatten(1)[..., None]
    # solve_ex reports failure in a tensor, where solve would make the host look.
    step: Tensor = torch.linalg.solve_ex(normal, right)[0][..., 0]
    return step


def _affine(motion: Tensor) -> Tensor:
    """Return six parameters ``[P, 6]``, zero for no motion, as matrices ``[P, 2, 3]``."""
    return motion.view(-1, 2, 3) + torch.eye(2, 3, device=motion.device)


def _slopes(images: Tensor) -> tuple[Tensor, Tensor]:
    """Return central differences of ``[P, h, w]`` along x and y, a unit being half the frame."""
    height, width = images.shape[-2:]
    padded = F.pad(images[:, None], (1, 1, 1, 1), mode='replicate')[:, 0]
    along_x = (padded[:, 1:-1, 2:] - padded[:, 1:-1, :-2]) * width / 4
    along_y = (padded[:, 2:, 1:-1] - padded[:, :-2, 1:-1]) * height / 4
    return along_x, along_y


def _smooth(grey: Tensor) -> Tensor:
    """Blur ``[N, T, h, w]`` by a binomial: slopes of raw pixels are noise."""
    padded = F.pad(grey, (1, 1, 1, 1), mode='replicate')
    rows = (padded[..., :-2, :] + 2 * padded[..., 1:-1, :] + padded[..., 2:, :]) / 4
    return (rows[..., :-2] + 2 * rows[..., 1:-1] + rows[..., 2:]) / 4


def _median(values: Tensor) -> Tensor:
    """Return the median of each ``[P, h, w]``, ``[P, 1, 1]``; by sorting, repeatable anywhere."""
    flat = values.flatten(1).sort(1).values
    return flat[:, flat.shape[1] // 2][:, None, None]
