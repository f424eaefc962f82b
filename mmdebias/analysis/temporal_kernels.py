"""The weights with which a net compares frames."""

from typing import Literal

import numpy as np
from torch import nn


def temporal_kernels(
    net: nn.Module, kind: Literal['temporal', '3d'] = 'temporal'
) -> dict[str, np.ndarray]:
    """Return weights of a net's temporal convolutions, layer by layer.

    Args:
        net: A backbone.
        kind: 'temporal': convolutions over time alone, kernel (k, 1, 1) with k above 1, as FAME
            plots those of R(2+1)D (Fig. 3). '3d': all convolutions that reach over more than one
            frame, for nets that have no such ones.

    Returns:
        ``{layer: float32 weights, flat}``, in the order of the net.

    Raises:
        ValueError: the net has none, or an unknown ``kind``.
    """
    if kind not in ('temporal', '3d'):
        raise ValueError(f"kind={kind!r} is neither 'temporal' nor '3d'.")
    kernels = {}
    for name, module in net.named_modules():
        if isinstance(module, nn.Conv3d):
            time, *space = module.kernel_size
            if time > 1 and (kind == '3d' or space == [1, 1]):
                kernels[name] = module.weight.detach().float().flatten().cpu().numpy()
    if not kernels:
        other = ': take the kind 3d' if kind == 'temporal' else ''
        raise ValueError(
            f'{type(net).__name__} has no {kind} convolutions over more than one frame{other}.'
        )
    return kernels
