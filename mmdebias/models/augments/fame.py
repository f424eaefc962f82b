"""FAME as a batch augmentation."""

import torch
from mmaction.registry import MODELS
from torch import Tensor, nn

from mmdebias.ops.foreground import check_beta, fame_mask, merge

SHUFFLES = ('derangement', 'permutation')


@MODELS.register_module()
class FAME(nn.Module):
    """Paste each clip's moving foreground on another clip's background.

    Foreground-background Merging (Ding et al., CVPR 2022, section 3.2). Put it first in a view's
    augments: it needs raw RGB, before colour augments and normalisation.

    Args:
        beta: Share of the frame kept as foreground, in (0, 1]. 1 changes nothing.
        official_hue: True makes the mask as the authors' code does, False with the hue computed
            rightly; see :func:`mmdebias.ops.fame_mask`.
        shuffle: Whose background a clip gets. 'derangement' always another clip's; 'permutation'
            a random permutation as in the authors' code, where a clip can meet its own.

    Raises:
        ValueError: ``beta`` outside (0, 1] or an unknown ``shuffle``.
    """

    def __init__(
        self, beta: float = 0.5, official_hue: bool = True, shuffle: str = 'derangement'
    ) -> None:
        super().__init__()
        check_beta(beta)
        if shuffle not in SHUFFLES:
            raise ValueError(f'shuffle={shuffle!r} is unknown; use one of {SHUFFLES}.')
        self.beta = beta
        self.official_hue = official_hue
        self.shuffle = shuffle

    def forward(self, clips: Tensor) -> Tensor:
        """Merge a batch.

        Args:
            clips: ``[N, 3, T, H, W]``, uint8 or float in [0, 1], T at least 2.

        Returns:
            The same shape and dtype. A batch of one has no other background and comes back
            unchanged.
        """
        mask = self.mask(clips)
        return merge(clips, clips[self.background_order(len(clips), clips.device)], mask)

    def mask(self, clips: Tensor) -> Tensor:
        """The foreground, bool ``[N, H, W]``, of clips ``[N, 3, T, H, W]``."""
        return fame_mask(clips, self.beta, self.official_hue)

    def background_order(self, n: int, device: torch.device) -> Tensor:
        """Draw the clip, int64 ``[n]``, from which each of ``n`` clips gets its background."""
        order = torch.randperm(n, device=device)
        if self.shuffle == 'permutation':
            return order
        # Every clip takes the one before it in a random circle: never itself, and no retries.
        backgrounds = torch.empty_like(order)
        backgrounds[order] = order.roll(1)
        return backgrounds

    def extra_repr(self) -> str:
        """The settings, for ``print(model)``."""
        return f'beta={self.beta}, official_hue={self.official_hue}, shuffle={self.shuffle!r}'
