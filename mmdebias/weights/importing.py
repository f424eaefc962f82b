"""Released checkpoints into MMEngine checkpoints that ``load_from`` takes."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import torch
from torch import Tensor

from .fitting import COUNTER, misfits
from .formats import FORMATS, Layout
from .nets import Net, identify
from .reading import CheckpointError


class Imported(NamedTuple):
    """A converted checkpoint, and where each of its keys went."""

    title: str
    """The format that the file was recognised as."""
    net: Net
    state_dict: OrderedDict[str, Tensor]
    """The encoder, its names under ``backbone.``."""
    went: dict[str, str]
    """Every key of the file's state dict: where it went, or why it was left out."""
    added: list[str]
    """Names that the file does not have and no feature depends on: counters of batches."""


def import_weights(
    checkpoint: Mapping, source: str = 'auto', ignore: Iterable[str] = ()
) -> Imported:
    """Convert a released checkpoint.

    Args:
        checkpoint: What :func:`read_checkpoint` returned.
        source: Its layout, one of ``FORMATS``, or 'auto' to recognise it.
        ignore: Prefixes of keys, as in the file, to leave out: a head of another name, say.

    Returns:
        The encoder in MMAction2's names, bit for bit, and where every key went.

    Raises:
        CheckpointError: the file has another layout or another net; or a tensor of the net is
            missing, left over or of another shape. The message lists them.
    """
    layout = _recognise(checkpoint, source)
    ignore = tuple(ignore)
    ignored = [key for key in layout.encoder if ignore and key.startswith(ignore)]
    encoder = {key: name for key, name in layout.encoder.items() if key not in ignored}
    weights = {name: layout.weights[key] for key, name in encoder.items()}
    if len(weights) < len(encoder):
        keys = [key for key, name in encoder.items() if list(encoder.values()).count(name) > 1]
        raise CheckpointError(f'the file has several keys for one tensor: {", ".join(keys)}')
    net = identify(weights)
    added = _check(weights, net, {name: key for key, name in encoder.items()})
    state_dict = OrderedDict()
    for name in net.shapes():
        # A copy: a tensor in a file may be a piece of a larger one, which would be saved whole.
        tensor = torch.tensor(0) if name in added else weights[name].detach().clone()
        state_dict[f'backbone.{name}'] = tensor
    went = {}
    for key in layout.weights:
        if key in encoder:
            went[key] = f'backbone.{encoder[key]}'
        else:
            went[key] = f'left out: {layout.aside.get(key, "as asked")}'
    return Imported(layout.title, net, state_dict, went, added)


def _recognise(checkpoint: Mapping, source: str) -> Layout:
    if source != 'auto' and source not in FORMATS:
        raise CheckpointError(f'source={source!r} must be auto or one of {", ".join(FORMATS)}')
    candidates = FORMATS if source == 'auto' else [source]
    for name in candidates:
        layout = FORMATS[name](checkpoint)
        if layout is not None:
            return layout
    holds = ', '.join(map(str, list(checkpoint)[:6])) + (', …' if len(checkpoint) > 6 else '')
    inner = checkpoint.get('state_dict')
    if isinstance(inner, Mapping) and any(str(key).startswith('backbone.') for key in inner):
        raise CheckpointError(
            'this is an MMAction2 checkpoint already (its encoder is under backbone.): give it to '
            'load_from as it is'
        )
    others = [name for name in FORMATS if FORMATS[name](checkpoint) is not None]
    advice = f'; it looks like {" or ".join(others)}' if others else ''
    wanted = 'any known layout' if source == 'auto' else f'the layout {source!r}'
    raise CheckpointError(f'the file is not in {wanted}: it holds {holds}{advice}')


def _check(weights: Mapping[str, Tensor], net: Net, keys: Mapping[str, str]) -> list[str]:
    """Compare names and shapes; returns the counters that are missing."""
    wanted = net.shapes()
    added = [name for name in wanted if name not in weights and name.endswith(COUNTER)]
    faults = misfits(weights, wanted, keys)
    if faults:
        raise CheckpointError(
            f'the weights are almost those of {net.title}, but not all fit:\n  '
            + '\n  '.join(faults)
            + '\nNothing was converted. Is it a variant of the net, or a damaged file? Tensors of '
            'a head may be named to be left out (--ignore PREFIX).'
        )
    return added
