"""Whose pixels a clip gets."""

import torch
from torch import Tensor


def derangement(n: int, device: torch.device) -> Tensor:
    """A random order, int64 ``[n]``, that leaves none of two or more clips in its place."""
    order = torch.randperm(n, device=device)
    # Every clip takes the one before it in a random circle: never itself, and no retries.
    others = torch.empty_like(order)
    others[order] = order.roll(1)
    return others
