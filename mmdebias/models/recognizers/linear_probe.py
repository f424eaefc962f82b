"""A classifier that learns its last layer only."""

from typing import Any

import torch
from mmaction.models.recognizers import Recognizer3D
from mmaction.registry import MODELS
from torch import Tensor


@MODELS.register_module()
class LinearProbe(Recognizer3D):
    """MMAction2's ``Recognizer3D`` with a frozen encoder (FAME, section 4.2 and appendix A.3).

    No parameter of the backbone takes a gradient, and its batch normalisation uses its running
    statistics and leaves them alone. Works for any backbone: ``frozen_stages`` must count the
    stages of each, and MMAction2's own ``ResNet3d`` freezes after the model was wrapped for
    distributed training, which is too late.

    Args:
        **kwargs: As in ``Recognizer3D``.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.backbone.requires_grad_(False)
        self.train(self.training)

    def train(self, mode: bool = True) -> 'LinearProbe':
        """Switch the mode of the head; the backbone stays in eval mode."""
        super().train(mode)
        self.backbone.train(False)
        return self

    def extract_feat(self, inputs: Tensor, **kwargs: Any) -> tuple:
        """Extract features as ``Recognizer3D`` does, without a graph for a backward pass."""
        with torch.no_grad():
            return super().extract_feat(inputs, **kwargs)
