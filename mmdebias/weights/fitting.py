"""Whether weights are those of a net, tensor by tensor."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from .reading import CheckpointError


def misfits(
    weights: Mapping[str, Tensor],
    wanted: Mapping[str, torch.Size],
    named: Mapping[str, str] | None = None,
) -> list[str]:
    """Return a line for each tensor that is missing, left over or of another shape.

    Args:
        weights: State dict.
        wanted: Names and shapes of the net's tensors.
        named: What to call those of ``weights`` instead: their names in a file.
    """
    named = named or {}
    missing = [f'missing     {k} {tuple(wanted[k])}' for k in wanted if k not in weights]
    left_over = [f'left over   {named.get(k, k)}' for k in weights if k not in wanted]
    other_shape = [
        f'other shape {named.get(k, k)} {tuple(weights[k].shape)}, wanted {tuple(shape)}'
        for k, shape in wanted.items()
        if k in weights and weights[k].shape != shape
    ]
    return missing + left_over + other_shape


def fill(net: nn.Module, weights: Mapping[str, Tensor]) -> None:
    """Load weights that fit exactly.

    Raises:
        CheckpointError: they do not; some of the misfits are named.
    """
    faults = misfits(weights, {key: value.shape for key, value in net.state_dict().items()})
    if faults:
        more = f'\n  … and {len(faults) - 5} more' if len(faults) > 5 else ''
        raise CheckpointError(
            f'the encoder in the file is not the {type(net).__name__} of the config:\n  '
            + '\n  '.join(faults[:5])
            + more
        )
    net.load_state_dict(weights)
