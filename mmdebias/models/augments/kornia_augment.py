"""Any Kornia augmentation as a batch augmentation of clips."""

from functools import cache
from typing import Any

import kornia.augmentation
import torch
from mmaction.registry import MODELS
from torch import Tensor, nn

from mmdebias.ops.clips import to_unit_float
from mmdebias.ops.hue import turn_hue


@MODELS.register_module()
class KorniaAugment(nn.Module):
    """Apply Kornia augmentations to clips: one draw a clip, the same for all its frames.

    Args:
        transforms: What to apply, in order: each a dict with the class name of one of
            ``kornia.augmentation`` as ``type`` and its arguments, ``p`` among them.
        compiled: Run them through ``torch.compile``. Worth it in long runs: the first batches
            compile, once for each combination of augmentations that was drawn.
        sigma_once: Draw the strength of blurs, ``sigma=(LOW, HIGH)``, once a process instead of
            once a clip, as FAME's released code does. Ranks differ where their seeds do.

    Raises:
        ValueError: an unknown ``type``, arguments that the class does not take, or ``sigma_once``
            without a ``sigma`` among them.

    Example:
        >>> KorniaAugment([dict(type='RandomGrayscale', p=0.2),
        ...                dict(type='RandomGaussianBlur', kernel_size=(23, 23),
        ...                     sigma=(0.1, 2.0), p=0.5)])
    """

    def __init__(
        self, transforms: list[dict], compiled: bool = False, sigma_once: bool = False
    ) -> None:
        super().__init__()
        if sigma_once:
            transforms = _fix_sigma(transforms)
        built = [_build(dict(transform)) for transform in transforms]
        self.shares = [share for share, _ in built]
        # Kornia's sequences take the same draw for all frames.
        self.steps = nn.ModuleList(
            kornia.augmentation.VideoSequential(step, data_format='BTCHW', same_on_frame=True)
            for _, step in built
        )
        self.apply_all = torch.compile(self._apply_all) if compiled else self._apply_all

    def forward(self, clips: Tensor) -> Tensor:
        """Augment ``[N, 3, T, H, W]``, uint8 or float in [0, 1], to float of the same shape."""
        # Kornia views clips as frames, which must lie in one piece.
        frames = to_unit_float(clips).transpose(1, 2).contiguous()
        return self.apply_all(frames).transpose(1, 2)

    def _apply_all(self, frames: Tensor) -> Tensor:
        for share, step in zip(self.shares, self.steps):
            frames = step(frames) if share is None else _apply_to_some(frames, step, share)
        return frames


def _apply_to_some(frames: Tensor, step: Any, share: float) -> Tensor:
    """Apply a step to each clip of ``[N, T, 3, H, W]`` with probability ``share``.

    Who is changed is drawn here, and Kornia augments all that it is given: 0.8 draws a strength for
    each clip that is changed, 0.9 for the others as well, so that a seed meant another training.
    The numbers are 0.8's.
    """
    chosen = torch.bernoulli(torch.full((len(frames),), share)).nonzero()[:, 0]
    if not len(chosen):
        step.forward_parameters(frames[:0].shape)  # what is drawn for none counts as well
        return frames
    if len(chosen) == len(frames):
        return step(frames)
    chosen = chosen.to(frames.device, non_blocking=True)
    return frames.index_copy(0, chosen, step(frames[chosen]).to(frames.dtype))


def _fix_sigma(transforms: list[dict]) -> list[dict]:
    if not any('sigma' in transform for transform in transforms):
        raise ValueError(
            f'sigma_once=True, but no transform of {transforms} has sigma=(LOW, HIGH): give it, or '
            'leave sigma_once out.'
        )
    return [
        dict(transform, sigma=(sigma_of_process(*transform['sigma']),) * 2)
        if 'sigma' in transform
        else transform
        for transform in transforms
    ]


@cache
def sigma_of_process(low: float, high: float) -> float:
    """Return a strength, uniform in [low, high]: the first call draws it, later ones repeat it."""
    return low + (high - low) * torch.rand(()).item()


def _build(transform: dict) -> tuple[float | None, nn.Module]:
    """Return an augmentation, and the share of the clips to apply it to, if Kornia draws no other.

    None stands for all it is given: Kornia chooses, or mixes clips, which wants the whole batch.
    """
    name = transform.pop('type', None)
    kind = getattr(kornia.augmentation, str(name), None)
    if not (isinstance(kind, type) and issubclass(kind, nn.Module)):
        raise ValueError(
            f'type={name!r} names no augmentation of kornia {kornia.__version__}; see '
            'kornia.augmentation for what there is.'
        )
    try:
        step: Any = kind(**transform)
        share = None
        alone = isinstance(step, kornia.augmentation.AugmentationBase2D)
        if alone and 0 < step.p < 1 and step.p_batch == 1 and not step.same_on_batch:
            share, step = step.p, kind(**{**transform, 'p': 1.0})
    except TypeError as error:
        raise ValueError(f'kornia.augmentation.{name} cannot be built: {error}') from error
    if hasattr(step, '_hue_fn'):  # ColorJitter, ColorJiggle
        # Kornia's own goes over an image in HSV, and takes four times as long for the same.
        step._hue_fn = turn_hue
    return share, step
