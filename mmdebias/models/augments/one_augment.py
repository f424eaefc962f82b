"""A choice among batch augmentations."""

from collections.abc import Sequence

import torch
from mmaction.registry import MODELS
from torch import Tensor, nn

from mmdebias.ops.clips import to_unit_float


@MODELS.register_module()
class OneAugment(nn.Module):
    """Apply exactly one of several augments to each clip, each with the same probability.

    BE's and DSM's released code jitters so: of brightness, contrast, saturation and hue one changes
    and the other three stay.

    Args:
        augments: Configs of ``nn.Module``s from ``[N, 3, T, H, W]`` to the same shape, uint8 or
            float in [0, 1].

    Raises:
        ValueError: no augments.
    """

    def __init__(self, augments: Sequence[dict]) -> None:
        super().__init__()
        if not augments:
            raise ValueError('augments is empty: give those of which one is applied.')
        self.augments = nn.ModuleList([MODELS.build(augment) for augment in augments])

    def forward(self, clips: Tensor) -> Tensor:
        """Augment ``[N, 3, T, H, W]``, uint8 or float in [0, 1], to float of the same shape."""
        clips = to_unit_float(clips)
        # Drawn on the CPU, or each choice waits for the device.
        chosen = torch.randint(len(self.augments), (len(clips),))
        augmented = torch.empty_like(clips)
        for index, augment in enumerate(self.augments):
            members = (chosen == index).nonzero().flatten()
            if len(members):
                members = members.to(clips.device)
                augmented[members] = to_unit_float(augment(clips[members]))
        return augmented
