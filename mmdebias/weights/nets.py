"""The encoders that checkpoints are recognised as, by the names and shapes of their tensors."""

import functools
from collections.abc import Mapping
from typing import NamedTuple

import torch
from mmaction.registry import MODELS
from mmengine.registry import DefaultScope
from torch import Tensor, nn

from .reading import CheckpointError


class Net(NamedTuple):
    """An encoder: its name in config files, what to call it, and its config."""

    name: str
    title: str
    config: dict

    def build(self) -> nn.Module:
        """Return the encoder, as a config of MMAction2 builds it."""
        with DefaultScope.overwrite_default_scope('mmaction'):
            return MODELS.build(dict(self.config))

    def shapes(self) -> dict[str, torch.Size]:
        """Return names and shapes of its tensors."""
        return _shapes(self.name)


NETS = (
    Net('i3d', 'Inception I3D', dict(type='InceptionI3D')),
    Net('r2plus1d_18', 'R(2+1)D-18', dict(type='R2Plus1D')),
    Net('c3d', 'C3D with batch normalisation', dict(type='C3DBN')),
    Net('r3d_18', 'R3D-18', dict(type='R3D', depth=18)),
    Net('r3d_34', 'R3D-34', dict(type='R3D', depth=34)),
    Net(
        'r3d_18_torchvision',
        "torchvision's R3D-18",
        dict(type='R3D', depth=18, conv1_kernel_t=3, with_pool1=False),
    ),
    Net(
        'slowonly_r50',
        "MMAction2's SlowOnly-50",
        dict(type='ResNet3dSlowOnly', depth=50, pretrained=None, norm_eval=False),
    ),
)


@functools.cache
def _shapes(name: str) -> dict[str, torch.Size]:
    (net,) = (net for net in NETS if net.name == name)
    with torch.device('meta'):
        return {key: value.shape for key, value in net.build().state_dict().items()}


def identify(weights: Mapping[str, Tensor]) -> Net:
    """Return the net whose tensors have most names and shapes in common with the weights.

    Args:
        weights: State dict of an encoder, in the names of MMAction2 and mmdebias.

    Raises:
        CheckpointError: if no net shares half of them.
    """
    theirs = {(key, tuple(value.shape)) for key, value in weights.items()}

    def likeness(net: Net) -> float:
        ours = {(key, tuple(shape)) for key, shape in net.shapes().items()}
        return len(ours & theirs) / len(ours | theirs)

    best = max(NETS, key=likeness)
    if likeness(best) < 0.5:
        some = ', '.join(list(weights)[:3])
        raise CheckpointError(
            f'its tensors ({len(weights)}: {some}, …) are of none of the nets known here: '
            + ', '.join(net.title for net in NETS)
        )
    return best
