"""Whether weights are those of a net, tensor by tensor."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from .reading import CheckpointError

COUNTER = 'num_batches_tracked'


def misfits(
    weights: Mapping[str, Tensor],
    wanted: Mapping[str, torch.Size],
    named: Mapping[str, str] | None = None,
) -> list[str]:
    """Return a line for each tensor that is missing, left over, of another shape or not finite.

    Counters of batches do not count: no feature depends on them, and old versions of torch wrote
    none.

    Args:
        weights: State dict.
        wanted: Names and shapes of the net's tensors.
        named: What to call those of ``weights`` instead: their names in a file.
    """
    named = named or {}
    weights = {key: value for key, value in weights.items() if not key.endswith(COUNTER)}
    wanted = {key: shape for key, shape in wanted.items() if not key.endswith(COUNTER)}
    missing = [f'missing     {k} {tuple(wanted[k])}' for k in wanted if k not in weights]
    left_over = [f'left over   {named.get(k, k)}' for k in weights if k not in wanted]
    other_shape = [
        f'other shape {named.get(k, k)} {tuple(weights[k].shape)}, wanted {tuple(shape)}'
        for k, shape in wanted.items()
        if k in weights and weights[k].shape != shape
    ]
    broken = [f'not finite  {named.get(k, k)}' for k in non_finite(weights)]
    return missing + left_over + other_shape + broken


def non_finite(weights: Mapping[str, Tensor]) -> list[str]:
    """Return the names of tensors that hold an infinity or a NaN."""
    return [
        name
        for name, value in weights.items()
        if value.is_floating_point() and not torch.isfinite(value).all()
    ]


def shapes(net: nn.Module) -> dict[str, torch.Size]:
    """Return names and shapes of a net's tensors."""
    return {key: value.shape for key, value in net.state_dict().items()}


def list_faults(faults: list[str], most: int = 5) -> str:
    """Return the first faults, a line each, and how many more there are."""
    more = f'\n  … and {len(faults) - most} more' if len(faults) > most else ''
    return '\n  ' + '\n  '.join(faults[:most]) + more


def fill(net: nn.Module, weights: Mapping[str, Tensor]) -> None:
    """Load weights that fit exactly, but for counters.

    Raises:
        CheckpointError: they do not; some of the misfits are named.
    """
    faults = misfits(weights, shapes(net))
    if faults:
        raise CheckpointError(
            f'the encoder in the file is not the {type(net).__name__} of the config:'
            + list_faults(faults)
        )
    net.load_state_dict(weights, strict=False)
