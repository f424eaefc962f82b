"""Checkpoints of mmdebias and MMAction2 into files for others."""

from collections import OrderedDict
from collections.abc import Mapping

from torch import Tensor

from .formats import name_of_torchvision_r3d
from .nets import identify
from .reading import CheckpointError

ENCODER = 'backbone.'
# Parts of the model that only pre-training needs.
TRAINING_ONLY = ('momentum_encoder.', 'queue.')


def find_encoder(checkpoint: Mapping) -> OrderedDict[str, Tensor]:
    """Return the encoder's tensors, without the prefix ``backbone.``.

    Raises:
        CheckpointError: there are none.
    """
    weights = checkpoint.get('state_dict', {})
    encoder = OrderedDict(
        (key.removeprefix(ENCODER), value)
        for key, value in weights.items()
        if key.startswith(ENCODER)
    )
    if not encoder:
        raise CheckpointError(
            'it has no tensors under state_dict.backbone: give a checkpoint of MMAction2 or '
            'mmdebias; for other files see tools/convert/import_weights.py'
        )
    return encoder


def strip(checkpoint: Mapping, backbone_only: bool = False) -> dict:
    """Return a checkpoint to publish: weights and ``meta``, without what only training needs.

    Optimiser, schedules, message hub, queue and momentum encoder go.

    Args:
        checkpoint: Of MMEngine.
        backbone_only: Keep the encoder alone, without neck and heads.

    Raises:
        CheckpointError: it has no encoder.
    """
    find_encoder(checkpoint)
    kept = OrderedDict(
        (key, value)
        for key, value in checkpoint['state_dict'].items()
        if (key.startswith(ENCODER) if backbone_only else not key.startswith(TRAINING_ONLY))
    )
    return dict(meta=dict(checkpoint.get('meta', {})), state_dict=kept)


def to_torchvision(checkpoint: Mapping, backbone_only: bool = True) -> OrderedDict[str, Tensor]:
    """Return an encoder as torchvision's ``r2plus1d_18`` or ``r3d_18``, without ``fc``.

    Args:
        checkpoint: Of MMEngine.
        backbone_only: There are no other parts in this layout; ignored.

    Raises:
        CheckpointError: torchvision has no such net.
    """
    encoder = find_encoder(checkpoint)
    net = identify(encoder)
    if net.name == 'r2plus1d_18':
        return encoder
    if net.name == 'r3d_18_torchvision':
        return OrderedDict((name_of_torchvision_r3d(key), v) for key, v in encoder.items())
    raise CheckpointError(
        f'its encoder is {net.title}, and torchvision has R(2+1)D-18 and its own R3D-18 only'
    )


def to_fame(checkpoint: Mapping, backbone_only: bool = True) -> dict:
    """Return the encoder in the layout of FAME's pre-training checkpoints.

    Args:
        checkpoint: Of MMEngine.
        backbone_only: There are no other parts in this layout; ignored.

    Raises:
        CheckpointError: the authors of FAME have no such net.
    """
    encoder = find_encoder(checkpoint)
    net = identify(encoder)
    arch = {'i3d': 'I3D', 'r2plus1d_18': 'r2plus1d_18'}
    if net.name not in arch:
        raise CheckpointError(
            f'its encoder is {net.title}, and FAME has Inception I3D and R(2+1)D-18 only'
        )
    return dict(
        epoch=checkpoint.get('meta', {}).get('epoch'),
        arch=arch[net.name],
        state_dict=OrderedDict((f'module.encoder_q.{key}', v) for key, v in encoder.items()),
    )


EXPORTS = dict(mmaction=strip, torchvision=to_torchvision, fame=to_fame)
