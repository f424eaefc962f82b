"""DSM's spatial warping as a batch augmentation."""

from functools import lru_cache

import torch
from mmaction.registry import MODELS
from torch import Tensor, nn

from mmdebias.ops.clips import check_clips, to_unit_float
from mmdebias.ops.thin_plate_spline import (
    bend,
    check_border,
    tps_basis,
    uniform_points,
    warp_clips,
)


@MODELS.register_module()
class SpatialWarping(nn.Module):
    """Bend each clip by a random thin-plate spline, all its frames alike.

    Spatial Local Disturbance (DSM: Wang et al., AAAI 2021): points spread evenly over the frame
    show what was up to ``max_offset`` beside them. What moves still moves; where things are and
    what shape they have changes. Between points the frame can fold all the same, and a fold shows a
    few pixels twice: with the defaults in a tenth of the clips, on .06 % of the pixels.

    Args:
        points: N of the N x N destination points. The paper does not say; 5 as in the authors'
            code.
        max_offset: C, the largest offset in x and in y, as a share of the frame; a tenth in the
            paper. Offsets are uniform in [-C, C].
        border: What lies outside of the frame: 'reflection' is the frame mirrored, 'border' the
            edge's pixel, 'zeros' black (of which the paper says nothing). Black wedges would tell
            warped clips from all others.

    Raises:
        ValueError: fewer than 2 points, an unknown ``border``, or a ``max_offset`` that is negative
            or more than half the distance between points, where neighbours could change places
            and whole regions fold.
    """

    def __init__(
        self, points: int = 5, max_offset: float = 0.1, border: str = 'reflection'
    ) -> None:
        super().__init__()
        if points < 2:
            raise ValueError(f'points={points} must be 2 or more: there are points x points.')
        limit = 0.5 / (points - 1)
        if not 0 <= max_offset <= limit:
            raise ValueError(
                f'max_offset={max_offset!r} is not in [0, {limit:.4g}], half the distance between '
                f'{points} x {points} points: beyond, neighbours change places and the frame '
                'folds. Use fewer points or smaller offsets.'
            )
        check_border(border)
        self.points = points
        self.max_offset = max_offset
        self.border = border

    def forward(self, clips: Tensor) -> Tensor:
        """Warp a batch.

        Args:
            clips: ``[N, 3, T, H, W]``, uint8 or float in [0, 1].

        Returns:
            Float of the same shape, in [0, 1].
        """
        check_clips(clips)
        clips = to_unit_float(clips)
        grid = self.grid(len(clips), (clips.shape[3], clips.shape[4]), clips.device)
        # The weights of a bilinear sample may sum to a little over one.
        return warp_clips(clips, grid, self.border).clamp_(max=1)

    def grid(self, n: int, size: tuple[int, int], device: torch.device) -> Tensor:
        """Draw ``n`` warps: where their pixels come from, ``[n, H, W, 2]``."""
        target, basis = _basis(self.points, size, device)
        # The frame is 2 wide in the spline's coordinates.
        offsets = (2 * torch.rand(n, *target.shape, device=device) - 1) * 2 * self.max_offset
        return bend(target + offsets, basis, size)

    def extra_repr(self) -> str:
        """Return the settings, for ``print(model)``."""
        return f'points={self.points}, max_offset={self.max_offset}, border={self.border!r}'


@lru_cache(maxsize=8)
def _basis(points: int, size: tuple[int, int], device: torch.device) -> tuple[Tensor, Tensor]:
    """Return destination points ``[P, 2]`` and their basis ``[1, H * W, P]``."""
    target = uniform_points(points)
    basis = tps_basis(target[None], size)
    return target.float().to(device), basis.float().to(device)
