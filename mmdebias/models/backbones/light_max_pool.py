"""Max pooling that keeps little for its backward pass."""

from typing import Any

import torch
from torch import Tensor, nn


def light_max_pool(pool: nn.MaxPool3d, x: Tensor) -> Tensor:
    """Pool ``[N, C, T, H, W]``; of the values and gradients of ``pool(x)`` all are the same.

    PyTorch keeps the input and, of each maximum, its place in 64 bits: three times a map of
    floats. Kept here is the place, in 32 bits.
    """
    if not (x.requires_grad and torch.is_grad_enabled()):
        return pool(x)
    pooled: Tensor = _LightMaxPool.apply(x, _arguments(pool))
    return pooled


def _arguments(pool: nn.MaxPool3d) -> tuple:
    return (pool.kernel_size, pool.stride, pool.padding, pool.dilation, pool.ceil_mode)


class _LightMaxPool(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, arguments: tuple) -> Tensor:
        pooled, places = torch.ops.aten.max_pool3d_with_indices(x, *arguments)
        ctx.save_for_backward(places.int())
        ctx.arguments, ctx.shape = arguments, x.shape
        return pooled

    @staticmethod
    def backward(ctx: Any, outer: Tensor) -> tuple[Tensor, None]:
        (places,) = ctx.saved_tensors
        last = torch.channels_last_3d
        layout = last if places.is_contiguous(memory_format=last) else torch.contiguous_format
        # Asked for shape and layout only.
        like = torch.empty(ctx.shape, dtype=outer.dtype, device=outer.device, memory_format=layout)
        gradient = torch.ops.aten.max_pool3d_with_indices_backward(
            outer.contiguous(memory_format=layout), like, *ctx.arguments, places.long()
        )
        return gradient, None
