"""Heads on frozen features: the layer of a linear probe, and features with their places."""

import torch.nn.functional as F
from mmaction.models.heads import FeatureHead, I3DHead
from mmaction.registry import MODELS
from torch import Tensor


@MODELS.register_module()
class LinearProbeHead(I3DHead):
    """Average over space and time, L2-normalise, classify (FAME, appendix A.3).

    Args:
        num_classes: As in MMAction2's ``I3DHead``.
        in_channels: As in MMAction2's ``I3DHead``.
        **kwargs: As in MMAction2's ``I3DHead``; ``dropout_ratio`` acts after the normalisation.
    """

    def forward(self, x: Tensor, **kwargs: object) -> Tensor:
        """Turn feature maps ``[N, C, T, H, W]`` into scores ``[N, num_classes]``."""
        x = F.normalize(self.avg_pool(x).flatten(1), dim=1)
        return self.fc_cls(x if self.dropout is None else self.dropout(x))


@MODELS.register_module()
class UnitFeatureHead(FeatureHead):
    """Average over space and time and normalise each clip's feature, before a video's are averaged.

    FAME's released code retrieves videos by such features; its section 4.2 averages them as they
    are, which is MMAction2's ``FeatureHead``. The arguments are that one's.
    """

    def forward(self, x: Tensor, *args: object, **kwargs: object) -> Tensor:
        """Turn feature maps ``[N, C, T, H, W]`` into unit vectors ``[N, C]``."""
        return F.normalize(super().forward(x, *args, **kwargs), dim=1)


@MODELS.register_module()
class ClipFeatureHead(FeatureHead):
    """Pool by adaptive maximum to one size for all encoders (BE, section 4.3).

    Args:
        size: ``(T, H, W)`` of the pooled map.
    """

    def __init__(self, size: tuple[int, int, int] = (2, 7, 7)) -> None:
        super().__init__(average_clips=None)
        self.size = tuple(size)

    def forward(self, x: Tensor, **kwargs: object) -> Tensor:
        """Turn feature maps ``[N, C, T', H', W']`` into ``[N, C * T * H * W]``.

        ``predict`` returns them video by video: ``[videos, clips, C * T * H * W]``.
        """
        return F.adaptive_max_pool3d(x, self.size).flatten(1)
