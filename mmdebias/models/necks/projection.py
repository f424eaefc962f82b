"""From a backbone's output to a unit vector."""

from collections.abc import Callable
from itertools import pairwise

import torch
import torch.nn.functional as F
from mmaction.registry import MODELS
from mmengine.model import BaseModule
from torch import Tensor, nn

POOLS: dict[str, Callable[..., Tensor]] = {'avg': torch.mean, 'max': torch.amax}


@MODELS.register_module()
class ProjectionNeck(BaseModule):
    """Pool over space and time, project, normalise to unit length.

    With ``num_layers=2`` the MLP of MoCo v2 that FAME uses (appendix A.1); with 1, the linear head
    of BE and DSM.

    Args:
        in_channels: Channels of the backbone's output.
        out_channels: Dimensions D of the embedding.
        hidden_channels: Width of the hidden layers; ``in_channels`` if None.
        num_layers: Linear layers, ReLU between them.
        pool: 'avg' or 'max', over all positions in space and time.
        init_cfg: As in MMEngine.

    Raises:
        ValueError: an unknown ``pool`` or fewer than one layer.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int = 128,
        hidden_channels: int | None = None,
        num_layers: int = 2,
        pool: str = 'avg',
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        if pool not in POOLS:
            raise ValueError(f'pool={pool!r} is unknown; use one of {tuple(POOLS)}.')
        if num_layers < 1:
            raise ValueError(f'num_layers={num_layers} must be 1 or more.')
        self.in_channels, self.out_channels = in_channels, out_channels
        self.pool = pool
        widths = [in_channels] + [hidden_channels or in_channels] * (num_layers - 1)
        layers: list[nn.Module] = []
        for width, next_width in pairwise(widths):
            layers += [nn.Linear(width, next_width), nn.ReLU(inplace=True)]
        self.mlp = nn.Sequential(*layers, nn.Linear(widths[-1], out_channels))

    def forward(self, features: Tensor | tuple[Tensor, ...]) -> Tensor:
        """Project features to normalised embeddings.

        Args:
            features: What the backbone returns: a map ``[N, C, T, H, W]``, vectors ``[N, C]``
                (C3D's fc7, a class token), tokens ``[N, L, C]``, or a tuple of those (SlowFast's
                two pathways), whose channels are joined.

        Returns:
            Unit vectors ``[N, out_channels]``, float32 also under autocast.

        Raises:
            ValueError: features of another shape or another number of channels.
        """
        parts = features if isinstance(features, tuple | list) else (features,)
        pooled = torch.cat([self._pool(part) for part in parts], dim=1)
        if pooled.shape[1] != self.in_channels:
            raise ValueError(
                f'The backbone returns {pooled.shape[1]} channels and in_channels='
                f'{self.in_channels}: set in_channels={pooled.shape[1]}.'
            )
        return F.normalize(self.mlp(pooled).float(), dim=1)

    def _pool(self, features: Tensor) -> Tensor:
        pool = POOLS[self.pool]
        if features.ndim == 5:
            return pool(features, dim=(2, 3, 4))
        if features.ndim == 3:
            return pool(features, dim=1)
        if features.ndim == 2:
            return features
        raise ValueError(
            f'The backbone returns {tuple(features.shape)}; ProjectionNeck takes [N, C, T, H, W], '
            '[N, L, C] or [N, C].'
        )
