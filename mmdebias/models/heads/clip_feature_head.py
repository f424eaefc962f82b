"""A feature of each clip that keeps where things are."""

import torch.nn.functional as F
from mmaction.models.heads import FeatureHead
from mmaction.registry import MODELS
from torch import Tensor


@MODELS.register_module()
class ClipFeatureHead(FeatureHead):
    """Adaptive max pooling to one size for all encoders (BE, section 4.3).

    Args:
        size: ``(T, H, W)`` of the pooled map.
    """

    def __init__(self, size: tuple[int, int, int] = (2, 7, 7)) -> None:
        super().__init__(average_clips=None)
        self.size = tuple(size)

    def forward(self, x: Tensor, **kwargs: object) -> Tensor:
        """Feature maps ``[N, C, T', H', W']`` to ``[N, C * T * H * W]``.

        ``predict`` returns them video by video: ``[videos, clips, C * T * H * W]``.
        """
        return F.adaptive_max_pool3d(x, self.size).flatten(1)
