"""Naming the transformation of a clip."""

from itertools import combinations

import torch
import torch.nn.functional as F
from mmaction.registry import MODELS
from mmengine.model import BaseModule
from torch import Tensor, nn


@MODELS.register_module()
class PretextHead(BaseModule):
    """Spatio-temporal max pool, join the pieces, classify (BE section 4.1, Eq. 3).

    Args:
        in_channels: Channels of the backbone's feature map.
        num_classes: Transformations M; :class:`PretextRecognizer` fills in its task's.
        num_pieces: Pieces P of a clip; filled in likewise.
        hidden_channels: Width of a hidden layer with ReLU, or None for a linear classifier.
        dropout: Share of the inputs of the last layer that is dropped.
        init_cfg: As in MMEngine.
    """

    def __init__(
        self,
        in_channels: int,
        num_classes: int,
        num_pieces: int = 1,
        hidden_channels: int | None = None,
        dropout: float = 0.0,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        self.in_channels, self.num_classes, self.num_pieces = in_channels, num_classes, num_pieces
        self.join, width = self._build_join(hidden_channels)
        self.classifier = nn.Sequential(nn.Dropout(dropout), nn.Linear(width, num_classes))

    def _build_join(self, hidden_channels: int | None) -> tuple[nn.Module, int]:
        """Return the module that turns ``[N, P, C]`` into ``[N, width]``, and that width."""
        width = self.num_pieces * self.in_channels
        if hidden_channels is None:
            return nn.Flatten(), width
        hidden = [nn.Linear(width, hidden_channels), nn.ReLU(inplace=True)]
        return nn.Sequential(nn.Flatten(), *hidden), hidden_channels

    def forward(self, maps: Tensor) -> Tensor:
        """Return scores of the transformations.

        Args:
            maps: Feature maps of the pieces, ``[N, P, C, T, H, W]``.

        Returns:
            ``[N, M]``.

        Raises:
            ValueError: another number of pieces or channels.
        """
        if maps.ndim != 6 or maps.shape[1:3] != (self.num_pieces, self.in_channels):
            raise ValueError(
                f'The feature maps have shape {tuple(maps.shape)}; the head is made for [N, '
                f'{self.num_pieces}, {self.in_channels}, T, H, W]: set in_channels to the '
                "backbone's."
            )
        return self.classifier(self.join(maps.amax((3, 4, 5))))

    def loss(self, maps: Tensor, labels: Tensor) -> dict[str, Tensor]:
        """Return the cross-entropy of naming the transformation.

        Args:
            maps: ``[N, P, C, T, H, W]``.
            labels: int64 ``[N]`` in [0, M).

        Returns:
            Scalars: ``loss_pretext``; ``top1``, the share that is named rightly (1 / M is chance).
        """
        scores = self(maps).float()
        correct = (scores.argmax(1) == labels).float().mean()
        return {'loss_pretext': F.cross_entropy(scores, labels), 'top1': correct}


@MODELS.register_module()
class PairwiseOrderHead(PretextHead):
    """The order of clips from what each pair of them says (Xu et al., CVPR 2019).

    The features of every two clips are concatenated and pass one shared layer with ReLU; all pairs
    together are classified. The arguments are those of :class:`PretextHead`; ``hidden_channels`` is
    the width of the shared layer.
    """

    def __init__(
        self,
        in_channels: int,
        num_classes: int,
        num_pieces: int,
        hidden_channels: int = 512,
        dropout: float = 0.5,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(in_channels, num_classes, num_pieces, hidden_channels, dropout, init_cfg)

    def _build_join(self, hidden_channels: int) -> tuple[nn.Module, int]:
        join = PairwiseJoin(self.in_channels, self.num_pieces, hidden_channels)
        return join, len(join.pairs) * hidden_channels


class PairwiseJoin(nn.Module):
    """Features of pieces ``[N, P, C]`` to those of their pairs, ``[N, P (P - 1) / 2 * hidden]``."""

    pairs: Tensor

    def __init__(self, in_channels: int, num_pieces: int, hidden_channels: int) -> None:
        super().__init__()
        pairs = torch.tensor(list(combinations(range(num_pieces), 2)))
        self.register_buffer('pairs', pairs, persistent=False)
        self.layer = nn.Sequential(nn.Linear(2 * in_channels, hidden_channels), nn.ReLU(True))

    def forward(self, features: Tensor) -> Tensor:
        """Concatenate each two pieces and pass them through the shared layer."""
        return self.layer(features[:, self.pairs].flatten(2)).flatten(1)
