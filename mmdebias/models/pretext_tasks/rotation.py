"""3D RotNet."""

import torch
from mmaction.registry import MODELS
from torch import Tensor

from mmdebias.ops.pieces import rotate

from .pretext_task import PretextTask


@MODELS.register_module()
class Rotation(PretextTask):
    """Which way up is the clip? Turned by 0, 90, 180 or 270 degrees, all frames alike.

    Jing et al., "Self-Supervised Spatiotemporal Feature Learning via Video Rotation Prediction",
    2018 (3D RotNet).

    Raises:
        ValueError: on a batch, frames that are not square.
    """

    num_classes = 4
    num_pieces = 1
    in_each_frame = True

    def forward(self, views: dict[str, Tensor]) -> tuple[dict[str, Tensor], Tensor]:
        """Turn ``{view: [N, C, T, S, S]}``; see :meth:`PretextTask.forward`."""
        first = next(iter(views.values()))
        labels = torch.randint(self.num_classes, (len(first),))
        turned = {view: rotate(clips, labels)[:, None] for view, clips in views.items()}
        return turned, labels.to(first.device)
