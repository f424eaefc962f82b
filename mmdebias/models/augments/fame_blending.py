"""FAME for ordinary supervised training."""

from collections.abc import Sequence

import torch
from mmaction.models.utils import BaseMiniBatchBlending
from mmaction.registry import MODELS
from torch import Tensor

from .fame import FAME


@MODELS.register_module()
class FAMEBlending(BaseMiniBatchBlending):
    """Paste moving foregrounds on other videos' backgrounds; the foreground keeps its label.

    The merging of :class:`FAME` as an MMAction2 ``blending``, so that any MMAction2 classifier can
    be trained with backgrounds that say nothing about the class:

    >>> data_preprocessor = dict(
    ...     type='ActionDataPreprocessor', format_shape='NCTHW', mean=[123.675, 116.28, 103.53],
    ...     std=[58.395, 57.12, 57.375], blending=dict(type='FAMEBlending', num_classes=400, p=0.5))

    Args:
        num_classes: Classes of the data set.
        mean: The data preprocessor's, of RGB values in 0 to 255: its clips come normalised, and the
            mask wants colours.
        std: Likewise.
        **fame: Arguments of :class:`FAME`; background='intra' is for pre-training only.

    Raises:
        ValueError: arguments that FAME refuses, or, while training, a batch of one sample, or on a
            CPU clips that ``mean`` and ``std`` do not bring back to 0 to 255.
    """

    def __init__(
        self,
        num_classes: int,
        mean: Sequence[float] = (123.675, 116.28, 103.53),
        std: Sequence[float] = (58.395, 57.12, 57.375),
        **fame,
    ) -> None:
        super().__init__(num_classes)
        self.fame = FAME(**fame)
        if self.fame.reads_view:
            raise ValueError(
                f'background={self.fame.background!r} wants another clip of the same video, which '
                "labelled samples do not bring: use background='inter'."
            )
        self.mean, self.std = (torch.tensor(v).view(-1, 1, 1, 1) for v in (mean, std))

    def do_blending(self, imgs: Tensor, label: Tensor, **kwargs) -> tuple[Tensor, Tensor]:
        """Merge a batch.

        Args:
            imgs: Normalised clips ``[N, V, 3, T, H, W]``, V clips a sample, or, for 2D recognisers,
                ``[N, V, 3, H, W]`` with V frames a sample. The first clips of the samples exchange
                backgrounds, then the second ones, and so on.
            label: ``[N, num_classes]``.
            **kwargs: Not used.

        Returns:
            Merged clips of the same shape, and the labels as floats.
        """
        if imgs.ndim == 5:
            merged = self._merge(imgs.transpose(1, 2)).transpose(1, 2)
        else:
            merged = torch.stack([self._merge(clips) for clips in imgs.unbind(1)], 1)
        return merged, label.float()

    def _merge(self, clips: Tensor) -> Tensor:
        mean, std = self.mean.to(clips), self.std.to(clips)
        raw = (clips * std + mean) / 255
        # Normalising and back leaves the ends of the range by some millionths.
        near = torch.where((raw - raw.clamp(0, 1)).abs() < 1e-3, raw.clamp(0, 1), raw)
        return (self.fame(near) * 255 - mean) / std
