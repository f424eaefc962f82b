"""Whether a checkpoint is one of a model, by what it is wanted for."""

from collections.abc import Mapping
from enum import Enum

from torch import Tensor, nn

from .fitting import list_faults, misfits, shapes
from .reading import CheckpointError

ENCODER = 'backbone.'


class Purpose(Enum):
    """The use of a checkpoint: what it must fill, and what to do where it does not."""

    START = (
        "give a checkpoint of this net, or the config of the checkpoint's net; released files go "
        'through tools/convert/import_weights.py first'
    )
    TEST = 'give the config that it was trained with'
    RESUME = (
        'resume with the config that it was trained with, or start another training from its '
        'encoder (load_from=, in another --work-dir)'
    )


def find_weights(checkpoint: Mapping) -> dict[str, Tensor]:
    """Return the tensors of a checkpoint, without the prefix that a wrapped model leaves."""
    weights = checkpoint.get('state_dict', checkpoint)
    weights = weights if isinstance(weights, Mapping) else {}
    return {
        str(name).removeprefix('module.'): value
        for name, value in weights.items()
        if isinstance(value, Tensor)
    }


def check_fit(
    model: nn.Module,
    checkpoint: Mapping,
    purpose: Purpose,
    file: object = 'The checkpoint',
    allow_partial: bool = False,
) -> None:
    """Raise unless a checkpoint fills what it is wanted for.

    To start a training it must fill the whole encoder, ``backbone.``; to be tested, the whole
    model; to be resumed, the whole model and nothing else. Other parts of the file do not count,
    nor do counters of batches.

    Args:
        model: What is to be filled, of MMAction2.
        checkpoint: Content of a file.
        purpose: What it is wanted for.
        file: Its name, for the message.
        allow_partial: Put up with tensors that are missing, left over, of other shapes or not
            finite, as long as one fits.

    Raises:
        CheckpointError: it does not; the first faults are named.
    """
    weights, wanted = find_weights(checkpoint), shapes(model)
    if not any(name in wanted and weights[name].shape == wanted[name] for name in weights):
        raise CheckpointError(
            f'{file} fits no tensor of the model. It has {_some(weights)}; the model has '
            f'{_some(wanted)}. To mend it, {purpose.value}.'
        )
    if allow_partial and purpose is not Purpose.RESUME:
        return
    if purpose is not Purpose.RESUME:
        # A part that the model has no use for, such as a queue, says nothing about the encoder.
        weights = {k: v for k, v in weights.items() if k in wanted or k.startswith(ENCODER)}
    if purpose is Purpose.START:
        weights = {k: v for k, v in weights.items() if k.startswith(ENCODER)}
        wanted = {k: v for k, v in wanted.items() if k.startswith(ENCODER)}
    faults = misfits(weights, wanted)
    if faults:
        part = 'encoder' if purpose is Purpose.START else 'model'
        raise CheckpointError(
            f'{file} is not a checkpoint of the {_title(model)} in the config: {len(faults)} of '
            f'the {len(wanted)} tensors of the {part} stay unfilled or do not fit:'
            f'{list_faults(faults)}\nTo mend it, {purpose.value}.'
        )


def _title(model: nn.Module) -> str:
    backbone = getattr(model, 'backbone', None)
    name = type(model).__name__
    return name if backbone is None else f'{name} on {type(backbone).__name__}'


def _some(names: Mapping) -> str:
    names = list(names)
    return f'{len(names)} tensors, {", ".join(names[:3])}, ...' if names else 'no tensors'
