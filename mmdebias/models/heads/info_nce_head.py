"""The contrastive loss and the numbers that show whether it is learning."""

import torch
from mmaction.registry import MODELS
from mmengine.model import BaseModule
from torch import Tensor

from mmdebias.ops.losses import check_temperature, contrastive_logits, info_nce


@MODELS.register_module()
class InfoNCEHead(BaseModule):
    """InfoNCE over ``[positive | queue | own negative]`` (FAME Eq. 1, BE and DSM Eq. 7).

    Args:
        temperature: Divides the cosine similarities; .1 in FAME, .07 in BE's code, 1 in DSM.

    Raises:
        ValueError: ``temperature`` not positive.
    """

    def __init__(self, temperature: float = 0.1) -> None:
        super().__init__()
        check_temperature(temperature)
        self.temperature = temperature

    def loss(
        self, query: Tensor, key: Tensor, queue: Tensor, negative: Tensor | None = None
    ) -> dict[str, Tensor]:
        """Return the loss and diagnostics of one direction.

        Args:
            query: Unit vectors ``[N, D]``, with gradient.
            key: Unit vectors ``[N, D]``, the positives.
            queue: Unit vectors ``[K, D]``, everybody's negatives, or ``[N, K, D]``, K for each.
            negative: Unit vectors ``[N, D]``, each query's own hard negative, or ``[N, M, D]`` for
                several, or None.

        Returns:
            Scalars. ``loss_contrast``; ``top1``, share of queries whose best match is their key;
            ``cos_pos`` and ``cos_neg``, mean cosine with keys and with the queue: both near 1
            means collapse; ``cos_own``, with own negatives if there are any: above ``cos_pos``
            while the negative still passes for the positive; ``std``, standard deviation of the
            embedding times sqrt(D): 1 for directions spread evenly, 0 for collapse (and for a
            batch of one).
        """
        losses = {'loss_contrast': info_nce(query, key, queue, self.temperature, negative)}
        losses.update(self.diagnose(query.detach(), key, queue, negative))
        return losses

    @torch.no_grad()
    def diagnose(
        self, query: Tensor, key: Tensor, queue: Tensor, negative: Tensor | None
    ) -> dict[str, Tensor]:
        """Return the scalars beside the loss; see :meth:`loss`."""
        cosines = contrastive_logits(query, key, queue, negative)
        shared = queue.shape[-2]
        own = {} if negative is None else {'cos_own': cosines[:, 1 + shared :].mean()}
        return {
            **own,
            'top1': (cosines.argmax(1) == 0).float().mean(),
            'cos_pos': cosines[:, 0].mean(),
            'cos_neg': cosines[:, 1 : 1 + shared].mean(),
            'std': query.std(0, correction=0).mean() * query.shape[1] ** 0.5,
        }
