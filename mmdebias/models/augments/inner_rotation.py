"""A rotation that leaves no black corners, as a batch augmentation."""

import torch
from mmaction.registry import MODELS
from torch import Tensor, nn

from mmdebias.ops.clips import check_clips, to_unit_float
from mmdebias.ops.rotation import rotation_grid
from mmdebias.ops.thin_plate_spline import warp_clips


@MODELS.register_module()
class InnerRotation(nn.Module):
    """Turn each clip by a random angle, all its frames alike, and crop inside the turned frame.

    The rotation of augmentation set A (BE: Wang et al., CVPR 2021, section 4.1). Kornia's
    ``RandomRotation`` leaves black corners, and from those a small net reads the place of a
    space-time puzzle's piece. See :func:`mmdebias.ops.rotation_grid`.

    Args:
        degrees: The angle is uniform in [-degrees, degrees]; 10 in the paper, 0 to 45.

    Raises:
        ValueError: ``degrees`` outside [0, 45].
    """

    def __init__(self, degrees: float = 10.0) -> None:
        super().__init__()
        if not 0 <= degrees <= 45:
            raise ValueError(f'degrees={degrees!r} must be 0 to 45; the paper turns by up to 10.')
        self.degrees = degrees

    def forward(self, clips: Tensor) -> Tensor:
        """Turn a batch ``[N, 3, T, H, W]``, uint8 or float in [0, 1]: float of the same shape."""
        check_clips(clips)
        clips = to_unit_float(clips)
        angles = (2 * torch.rand(len(clips), device=clips.device) - 1) * self.degrees
        grid = rotation_grid(angles, (clips.shape[3], clips.shape[4]))
        # Places lie inside but for rounding, which 'border' takes care of; the weights of a
        # bilinear sample may sum to a little over one.
        return warp_clips(clips, grid, 'border').clamp_(max=1)

    def extra_repr(self) -> str:
        """Return the settings, for ``print(model)``."""
        return f'degrees={self.degrees}'
