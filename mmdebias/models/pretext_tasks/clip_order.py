"""Clip order prediction."""

import torch
from mmaction.registry import MODELS
from torch import Tensor

from mmdebias.ops.pieces import cut_pieces

from .pretext_task import OrderTask


@MODELS.register_module()
class ClipOrder(OrderTask):
    """In which order do these short clips of a video belong?

    Xu et al., "Self-Supervised Spatiotemporal Learning via Video Clip Order Prediction", CVPR 2019:
    three clips of 16 frames with 8 frames between them, in one of 6 orders. They are cut from one
    sampled clip, 64 frames with these defaults. Sample it with ``SampleViews(..., loop=False)``: a
    video that is too short and starts anew has no order.

    Args:
        clip_len: Frames of a short clip.
        gap: Frames left out between two of them.
        num_clips: How many; M is its factorial.

    Raises:
        ValueError: ``clip_len`` below 1, ``gap`` below 0 or fewer than two clips; on a batch, clips
            with too few frames.
    """

    def __init__(self, clip_len: int = 16, gap: int = 8, num_clips: int = 3) -> None:
        for name, value, least in (('clip_len', clip_len, 1), ('gap', gap, 0)):
            if value < least:
                raise ValueError(f'{name}={value} must be {least} or more.')
        if num_clips < 2:
            raise ValueError(f'num_clips={num_clips} must be 2 or more: one clip has no order.')
        super().__init__(num_clips)
        self.clip_len, self.gap = clip_len, gap
        self.frames = num_clips * clip_len + (num_clips - 1) * gap
        """Number of frames that a sampled clip needs."""

    def forward(self, views: dict[str, Tensor]) -> tuple[dict[str, Tensor], Tensor]:
        """Cut views into clips and shuffle them in time; see :meth:`PretextTask.forward`."""
        first = next(iter(views.values()))
        n, _, frames, height, width = first.shape
        if frames < self.frames:
            raise ValueError(
                f'The sampled clips have {frames} frames; {self.num_pieces} clips of '
                f'{self.clip_len} with {self.gap} frames between them need {self.frames}: set '
                f'clip_len={self.frames} in SampleViews.'
            )
        # Frames that are left over lie at both ends: where the first clip begins says nothing.
        start = torch.randint(frames - self.frames + 1, (n, 1))
        corners = torch.zeros(n, self.num_pieces, 3, dtype=torch.long)
        corners[..., 0] = start + torch.arange(self.num_pieces) * (self.clip_len + self.gap)
        corners, labels = self.shuffle(corners)
        size = (self.clip_len, height, width)
        cut = {view: cut_pieces(clips, corners, size) for view, clips in views.items()}
        return cut, labels.to(first.device)
