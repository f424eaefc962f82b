"""Gradients of one part of a loss, taken before the next part is computed."""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor


def backward_early(losses: dict[str, Tensor]) -> dict[str, Tensor]:
    """Take the gradients of losses now, and return the losses with them in place of their graph.

    A loss of several parts holds the feature maps of all of them until its backward pass. Of a part
    that went through here a gradient a parameter is left. The sum of the parts has one backward
    pass as before, through which these gradients go as any others do: scaled with the loss,
    accumulated, and synchronised once among ranks.

    Args:
        losses: Scalars by name, computed together and from nothing that another loss, which is
            computed later, depends on but parameters. All parameters that they depend on count.

    Returns:
        The same scalars. They keep their graph where gradients are not taken: there are none; in
        float16, whose small gradients are lost unless the loss is scaled first, by what only the
        optimiser's wrapper knows; where a reentrant ``torch.utils.checkpoint``, as MMEngine's
        ``activation_checkpointing`` and MMAction2's ``with_cp`` have it, holds few maps and cannot
        be asked for single gradients; and where a hook of a parameter would change its gradient
        twice.
    """
    leaves, has_checkpoints = _leaves([loss for loss in losses.values() if loss.requires_grad])
    if not leaves or has_checkpoints or any(leaf._backward_hooks for leaf in leaves):
        return losses
    if _is_half(leaves[0].device):
        return losses
    names = [name for name, loss in losses.items() if loss.requires_grad]
    return {
        # One graph, which the last of them frees.
        name: with_gradients(loss, leaves, keep_graph=name in names[:-1])
        for name, loss in losses.items()
    }


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


def _leaves(losses: list[Tensor]) -> tuple[list[Tensor], bool]:
    """Return what a backward pass would leave gradients at, and if reentrant checkpoints are met.

    A checkpoint of that kind hides what is within it.
    """
    leaves, has_checkpoints = [], False
    waiting: list[Any] = [loss.grad_fn for loss in losses if loss.grad_fn is not None]
    seen = set(waiting)
    while waiting:
        node = waiting.pop()
        has_checkpoints |= node.name() == 'CheckpointFunctionBackward'
        if hasattr(node, 'variable'):
            leaves.append(node.variable)
        for following, _ in node.next_functions:
            if following is not None and following not in seen:
                seen.add(following)
                waiting.append(following)
    return leaves, has_checkpoints


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
        if ctx.gradients is None:
            raise RuntimeError(
                'The gradients of a part of this loss were taken when it was computed, for one '
                'backward pass, which it has had (retain_graph=True cannot keep them): compute the '
                'loss again for another.'
            )
        gradients, ctx.gradients = ctx.gradients, None
        return (None, None, *(outer * gradient for gradient in gradients))
