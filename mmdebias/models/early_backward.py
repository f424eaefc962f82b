"""Gradients of one part of a loss, taken before the next part is computed."""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn


def backward_early(loss: Tensor, modules: Iterable[nn.Module]) -> Tensor:
    """Take a loss's gradients now, and return the loss with them in place of its graph.

    A loss of several parts holds the feature maps of all of them until its backward pass. Of a part
    that went through here a gradient a parameter is left. The sum of the parts has one backward
    pass as before, through which these gradients go as any others do: scaled with the loss,
    accumulated, and synchronised once among ranks.

    Args:
        loss: A scalar.
        modules: Those whose parameters it trains; nothing else gets a gradient.

    Returns:
        The same scalar. The loss itself, with its graph, where gradients are not taken: there are
        none; a module recomputes its activations (``with_cp``), holds few maps and cannot be asked
        for single gradients; in float16, whose small gradients are lost unless the loss is scaled
        first, by what only the optimiser's wrapper knows.
    """
    modules = list(modules)
    if any(map(_recomputes, modules)) or _is_half(loss.device):
        return loss
    return with_gradients(loss, [p for module in modules for p in module.parameters()])


def with_gradients(loss: Tensor, tensors: Iterable[Tensor], keep_graph: bool = False) -> Tensor:
    """Take a loss's gradients by some tensors now; further back its graph stays.

    What the loss was computed from besides them may change in place afterwards.

    Args:
        loss: A scalar.
        tensors: Those that it depends on, parameters or computed; others get no gradient.
        keep_graph: For another loss that was computed with this one.

    Returns:
        The same scalar, whose backward pass begins with these gradients, or the loss itself where
        there are none to take.
    """
    tensors = [tensor for tensor in tensors if tensor.requires_grad]
    if not loss.requires_grad or not tensors:
        return loss
    # Recognisers compute their loss within autocast, outside of which backward passes belong.
    with torch.autocast(loss.device.type, enabled=False):
        gradients = torch.autograd.grad(loss, tensors, retain_graph=keep_graph, allow_unused=True)
    trained = [(t, g) for t, g in zip(tensors, gradients) if g is not None]
    found: Tensor = _WithGradients.apply(
        loss.detach(), [g for _, g in trained], *(t for t, _ in trained)
    )
    return found


def _recomputes(module: nn.Module) -> bool:
    return any(getattr(each, 'with_cp', False) for each in module.modules())


def _is_half(device: torch.device) -> bool:
    # What autocast computes in is asked for by other names in each version of PyTorch.
    one = torch.ones(1, 1, device=device)
    return (one @ one).dtype == torch.float16


class _WithGradients(torch.autograd.Function):
    """A number whose gradients by some tensors are known."""

    @staticmethod
    def forward(ctx: Any, value: Tensor, gradients: list[Tensor], *tensors: Tensor) -> Tensor:
        ctx.gradients = gradients
        return value.clone()

    @staticmethod
    def backward(ctx: Any, outer: Tensor) -> tuple[Tensor | None, ...]:
        gradients, ctx.gradients = ctx.gradients, None
        return (None, None, *(outer * gradient for gradient in gradients))
