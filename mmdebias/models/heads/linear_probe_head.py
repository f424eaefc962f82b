"""The layer that a linear probe learns."""

import torch.nn.functional as F
from mmaction.models.heads import I3DHead
from mmaction.registry import MODELS
from torch import Tensor


@MODELS.register_module()
class LinearProbeHead(I3DHead):
    """Averages over space and time, L2-normalises, classifies (FAME, appendix A.3).

    Args:
        num_classes: As in MMAction2's ``I3DHead``.
        in_channels: As in MMAction2's ``I3DHead``.
        **kwargs: As in MMAction2's ``I3DHead``; ``dropout_ratio`` acts after the normalisation.
    """

    def forward(self, x: Tensor, **kwargs: object) -> Tensor:
        """Feature maps ``[N, C, T, H, W]`` to scores ``[N, num_classes]``."""
        x = F.normalize(self.avg_pool(x).flatten(1), dim=1)
        return self.fc_cls(x if self.dropout is None else self.dropout(x))
