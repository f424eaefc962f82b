"""The disturbances that BE is compared with (Wang et al., CVPR 2021, section 4.4 and Table 4).

Each takes the place of :class:`BackgroundErasing` in a view's augments and has its arguments. Those
that take pixels of another video take them from the batch, never from the clip itself; a batch of
one has no other video and is a ValueError.
"""

import torch
from mmaction.registry import MODELS
from torch import Tensor

from mmdebias.models.gather import check_others, derangement
from mmdebias.ops.clips import to_pixel_type
from mmdebias.ops.static_frame import blend, box_of_area, cut_mix, take_frame

from .background_erasing import Disturbance


@MODELS.register_module()
class GaussianNoiseFrame(Disturbance):
    """Add the same white Gaussian noise to every frame (Table 4, a).

    The noise is a frame of its own in BE's Eq. 1: independent pixels and channels, mean .5, cut to
    [0, 1]. It keeps the motion, like BE; the paper gives no strength, so BE's lambda is used.

    Args:
        gamma: The share of the noise is uniform in [0, gamma]; in [0, 1).
        std: Standard deviation of the noise, for values in [0, 1], before it is cut.
        same_lam: One share for the whole batch.

    Raises:
        ValueError: ``gamma`` outside [0, 1) or ``std`` not positive.
    """

    def __init__(self, gamma: float = 0.3, std: float = 0.25, same_lam: bool = False) -> None:
        super().__init__(gamma, same_lam)
        if not std > 0:
            raise ValueError(f'std={std!r} must be positive; .25 spreads the noise over [0, 1].')
        self.std = std

    def disturb(self, clips: Tensor, lam: Tensor) -> Tensor:
        """Blend each clip ``[N, 3, T, H, W]`` with noise, whose share is ``lam``, ``[N]``."""
        noise = torch.randn_like(clips[:, :, :1], dtype=torch.float32)
        noise = noise.mul_(self.std).add_(0.5).clamp_(0, 1)
        return blend(clips, to_pixel_type(noise, clips.dtype), lam)


@MODELS.register_module()
class VideoMixup(Disturbance):
    """Blend each clip with another one, frame by frame (Table 4, b; mixup, Zhang et al., 2018).

    The arguments are those of :class:`BackgroundErasing`; lambda is the other clip's share.
    """

    def disturb(self, clips: Tensor, lam: Tensor) -> Tensor:
        """Blend each clip ``[N, 3, T, H, W]`` with another, whose share is ``lam``, ``[N]``."""
        check_others(type(self).__name__, len(clips))
        return blend(clips, clips[derangement(len(clips), clips.device)], lam)


@MODELS.register_module()
class VideoCutMix(Disturbance):
    """Paste a box of another clip, frame by frame (Table 4, c; CutMix, Yun et al., 2019).

    The box has the frame's proportions and lies at a random place inside it, the same in all
    frames of a clip. The arguments are those of :class:`BackgroundErasing`; lambda is the box's
    share of the frame.
    """

    def disturb(self, clips: Tensor, lam: Tensor) -> Tensor:
        """Paste a box of area ``lam``, ``[N]``, of another clip into each ``[N, 3, T, H, W]``."""
        check_others(type(self).__name__, len(clips))
        position = torch.rand(len(clips), 2, device=clips.device)
        boxes = box_of_area(lam, position, *clips.shape[3:])
        return cut_mix(clips, clips[derangement(len(clips), clips.device)], boxes)


@MODELS.register_module()
class InterVideoFrame(Disturbance):
    """Add a random frame of another video to all frames of a clip (Table 4, d).

    The arguments are those of :class:`BackgroundErasing`, which takes the frame from the clip
    itself (Table 4, e).
    """

    def disturb(self, clips: Tensor, lam: Tensor) -> Tensor:
        """Add another video's frame, of share ``lam`` ``[N]``, to each clip ``[N, 3, T, H, W]``."""
        n, frames = len(clips), clips.shape[2]
        check_others(type(self).__name__, n)
        index = torch.randint(frames, (n,), device=clips.device)
        added = take_frame(clips, index)[derangement(n, clips.device)]
        return blend(clips, added, lam)
