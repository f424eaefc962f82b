"""BE as a batch augmentation."""

import torch
from mmaction.registry import MODELS
from torch import Tensor, nn

from mmdebias.ops.static_frame import add_static_frame, check_gamma


class Disturbance(nn.Module):
    """The strength of the disturbance of each clip, for BE and its rivals.

    Args:
        gamma: The strength lambda is uniform in [0, gamma]; gamma in [0, 1). 0 changes
            nothing and draws no random numbers.
        same_lam: Draw one lambda for the whole batch, as the authors' code does, instead of one for
            each clip.

    Raises:
        ValueError: ``gamma`` outside [0, 1).
    """

    def __init__(self, gamma: float = 0.3, same_lam: bool = False) -> None:
        super().__init__()
        check_gamma(gamma)
        self.gamma = gamma
        self.same_lam = same_lam

    def forward(self, clips: Tensor) -> Tensor:
        """Disturb a batch.

        Args:
            clips: ``[N, 3, T, H, W]``, uint8 or float in [0, 1].

        Returns:
            The same shape and dtype.
        """
        if self.gamma == 0:
            return clips
        lam = self.gamma * torch.rand(1 if self.same_lam else len(clips), device=clips.device)
        return self.disturb(clips, lam.expand(len(clips)))

    def disturb(self, clips: Tensor, lam: Tensor) -> Tensor:
        """Disturb clips ``[N, 3, T, H, W]`` with strengths ``lam``, ``[N]`` in [0, gamma]."""
        raise NotImplementedError

    def extra_repr(self) -> str:
        """Return the settings, for ``print(model)``."""
        return f'gamma={self.gamma}, same_lam={self.same_lam}'


@MODELS.register_module()
class BackgroundErasing(Disturbance):
    """Add a random frame of each clip to all its frames, so that its background lies.

    Background Erasing (Wang et al., CVPR 2021, section 3.2, Eq. 1). Put it behind the basic
    augments of the view: the paper adds the frame to the augmented clip.

    Args:
        gamma: The share of the frame is uniform in [0, gamma]; .3 in the paper, in [0, 1).
        same_lam: One share for the whole batch, as in the authors' code.

    Raises:
        ValueError: ``gamma`` outside [0, 1); on a batch, clips of one frame, which would come back
            unchanged.
    """

    def disturb(self, clips: Tensor, lam: Tensor) -> Tensor:
        """Add its own frame, whose share is ``lam``, ``[N]``, to each clip ``[N, 3, T, H, W]``."""
        n, frames = len(clips), clips.shape[2]
        if frames < 2:
            raise ValueError(
                'clips has 1 frame: adding it to itself changes nothing. Raise clip_len.'
            )
        return add_static_frame(clips, torch.randint(frames, (n,), device=clips.device), lam)
