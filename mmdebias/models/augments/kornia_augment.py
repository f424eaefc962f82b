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
        # Kornia's sequences take the same draw for all frames; the clip stays [N, C, T, H, W].
        self.sequence = kornia.augmentation.VideoSequential(
            *[_build(dict(transform)) for transform in transforms],
            data_format='BCTHW',
            same_on_frame=True,
        )
        self.apply_all = torch.compile(self._apply_all) if compiled else self._apply_all

    def forward(self, clips: Tensor) -> Tensor:
        """Augment ``[N, 3, T, H, W]``, uint8 or float in [0, 1], to float of the same shape."""
        # Kornia views clips as frames, and one view of a batch does not lie in one piece.
        clips = to_unit_float(clips).contiguous()
        # An empty sequence has no output to reshape.
        return self.apply_all(clips) if len(self.sequence) else clips

    def _apply_all(self, clips: Tensor) -> Tensor:
        return self.sequence(clips)


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


def _build(transform: dict) -> nn.Module:
    name = transform.pop('type', None)
    kind = getattr(kornia.augmentation, str(name), None)
    if not (isinstance(kind, type) and issubclass(kind, nn.Module)):
        raise ValueError(
            f'type={name!r} names no augmentation of kornia {kornia.__version__}; see '
            'kornia.augmentation for what there is.'
        )
    try:
        augment: Any = kind(**transform)
    except TypeError as error:
        raise ValueError(f'kornia.augmentation.{name} cannot be built: {error}') from error
    if hasattr(augment, '_hue_fn'):  # ColorJitter, ColorJiggle
        # Kornia's own goes over an image in HSV, and takes four times as long for the same.
        augment._hue_fn = turn_hue
    return augment
