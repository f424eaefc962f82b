"""The triplet loss and the numbers that show whether it is learning."""

import torch
from mmaction.registry import MODELS
from mmengine.model import BaseModule
from torch import Tensor

from mmdebias.ops.losses import check_margin, triplet


@MODELS.register_module()
class TripletHead(BaseModule):
    """Pull the positive closer to the anchor than the video's own negative (DSM Eq. 5).

    Args:
        margin: By how much closer; .5 in DSM.
        inter_video: Add the same loss with another video's negative, as the authors' code does;
            the paper's triplets stay within a video.
        intra_video: False leaves the video's own negative out: what is left is a baseline whose
            negatives have other scenes than their anchors.

    Raises:
        ValueError: ``margin`` not in (0, 2], or neither negative.
    """

    def __init__(
        self, margin: float = 0.5, inter_video: bool = False, intra_video: bool = True
    ) -> None:
        super().__init__()
        check_margin(margin)
        if not (inter_video or intra_video):
            raise ValueError(
                'inter_video=False and intra_video=False leave no negative: set one to True.'
            )
        self.margin = margin
        self.inter_video = inter_video
        self.intra_video = intra_video

    def loss(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> dict[str, Tensor]:
        """Return the loss and diagnostics of a batch.

        Args:
            anchor: Unit vectors ``[N, D]``, with gradient, as the others.
            positive: Unit vectors ``[N, D]``.
            negative: Unit vectors ``[N, D]``.

        Returns:
            Scalars. ``loss_triplet``, unless without ``intra_video``; with ``inter_video``
            ``loss_inter`` (the next sample's negative; in a batch of one there is but its own);
            ``dist_pos`` and ``dist_neg``, mean distances from the anchor; ``satisfied``, share of
            triplets outside the margin, which no longer teach; ``std``, standard deviation of the
            anchors times sqrt(D): 1 for directions spread evenly, 0 for collapse (and for a batch
            of one).
        """
        losses = {}
        if self.intra_video:
            losses['loss_triplet'] = triplet(anchor, positive, negative, self.margin)
        if self.inter_video:
            losses['loss_inter'] = triplet(anchor, positive, negative.roll(1, 0), self.margin)
        losses.update(self.diagnose(anchor.detach(), positive, negative))
        return losses

    @torch.no_grad()
    def diagnose(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> dict[str, Tensor]:
        """Return the scalars beside the loss; see :meth:`loss`."""
        near = (anchor - positive).norm(dim=1)
        far = (anchor - negative).norm(dim=1)
        return {
            'dist_pos': near.mean(),
            'dist_neg': far.mean(),
            'satisfied': (near + self.margin <= far).float().mean(),
            'std': anchor.std(0, correction=0).mean() * anchor.shape[1] ** 0.5,
        }
