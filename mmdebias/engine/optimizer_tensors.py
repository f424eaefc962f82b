"""What an optimiser keeps of each parameter, and whether a file has it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

# Of PyTorch's optimisers: ways to compute the same, some of which there are on GPUs alone.
WAYS = ('capturable', 'foreach', 'fused')


def tensors_after_a_step(optimizer: Optimizer, groups: list) -> list[dict[str, tuple[int, ...]]]:
    """Return the shapes of what an optimiser keeps of each parameter, in their order.

    It makes that in its first step: here one without a gradient, on parameters of the same shapes.
    One that cannot take such a step, as it needs the loss, keeps nothing as far as is known here.

    Args:
        optimizer: It is left as it is.
        groups: Of a file, whose numbers count: without momentum nothing is kept of it.
    """
    if type(optimizer).load_state_dict is not Optimizer.load_state_dict:
        return []  # one that shards its state, or wraps another
    other = copy(optimizer)
    other.load_state_dict(dict(state={}, param_groups=groups))
    parts = [group['params'] for group in optimizer.param_groups]
    for group in other.param_groups:
        group.update({key: False for key in WAYS if key in group}, params=[])
    found: dict[tuple, dict[str, tuple[int, ...]]] = {}
    for number, (group, parameters) in enumerate(zip(other.param_groups, parts)):
        for parameter in parameters:
            key = number, parameter.shape, parameter.dtype
            if key not in found:  # of many that are alike, one
                try:
                    found[key] = _after_a_step(other, group, parameter, optimizer.state)
                except Exception:  # of a class of others, which may need anything
                    return []
    return [found[n, p.shape, p.dtype] for n, parameters in enumerate(parts) for p in parameters]


def unlike(state: Mapping, groups: list, wanted: Sequence[Mapping], names: list[str]) -> list[str]:
    """Return what a file does not have of a parameter, or has of another shape.

    A parameter of which it has nothing has had no gradient.

    Args:
        state: Of each parameter, by its number in the file.
        groups: Of the file.
        wanted: Of :func:`tensors_after_a_step`.
        names: Of the parameters, in their order.
    """
    found = []
    for number, shapes, name in zip((i for g in groups for i in g['params']), wanted, names):
        there = state.get(number)
        if not there:
            continue
        for key, shape in shapes.items():
            value = there.get(key) if isinstance(there, Mapping) else None
            if not isinstance(value, Tensor):
                found.append(f'{key} of {name} is missing')
            elif tuple(value.shape) != shape:
                found.append(f'{key} of {name} is {list(value.shape)}, not {list(shape)}')
    return found


def _after_a_step(
    optimizer: Optimizer, group: dict, parameter: Tensor, begun: Mapping
) -> dict[str, tuple[int, ...]]:
    still = torch.zeros(parameter.shape, dtype=parameter.dtype, requires_grad=True)
    still.grad = torch.zeros_like(still)
    group['params'] = [still]
    # Some begin their state before the first step.
    own = {key: _like(value) for key, value in begun.get(parameter, {}).items()}
    optimizer.state = defaultdict(dict, {still: own} if own else {})
    optimizer.step()
    group['params'] = []
    kept = optimizer.state.get(still, {}).items()
    # Counters may be numbers or tensors of none, as the version of PyTorch has it.
    return {k: tuple(v.shape) for k, v in kept if isinstance(v, Tensor) and v.ndim}


def _like(value: Any) -> Any:
    return torch.zeros_like(value, device='cpu') if isinstance(value, Tensor) else value
