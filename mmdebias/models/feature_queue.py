"""MoCo's queue of past keys."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def share_that_meet_themselves(held: float, videos: int) -> float:
    """Return the share of queries whose own video's last key is still in the queue.

    A video's places in two epochs, u and v of their lengths, are independent: its last key is
    ``1 + v - u`` epochs old, and the queue reaches ``held / videos`` epochs back. For a queue as
    long as the list this is half of the queries, for one twice as long all of them.

    Args:
        held: The videos whose keys the queue holds.
        videos: Videos of an epoch.

    Returns:
        In [0, 1]; steps of many videos and the first epoch are not counted.
    """
    epochs = held / videos
    if epochs >= 2:
        return 1.0
    return epochs**2 / 2 if epochs <= 1 else 1 - (2 - epochs) ** 2 / 2


class FeatureQueue(nn.Module):
    """The last ``size`` keys, in a ring (He et al., CVPR 2020, section 3.2).

    Starts with random unit vectors: the same on every rank, whatever the ranks' seeds, because
    they come from a generator of their own. Features and position are buffers, so a checkpoint
    holds both.

    Args:
        size: Number K of keys.
        channels: Their dimensions D.

    Raises:
        ValueError: ``size`` below one.
    """

    features: Tensor
    position: Tensor

    def __init__(self, size: int, channels: int) -> None:
        super().__init__()
        if size < 1:
            raise ValueError(f'queue_size={size} must be 1 or more.')
        generator = torch.Generator().manual_seed(0)
        features = torch.randn(size, channels, generator=generator)
        self.register_buffer('features', F.normalize(features, dim=1))
        self.register_buffer('position', torch.zeros((), dtype=torch.long))

    def __len__(self) -> int:
        return len(self.features)

    @torch.no_grad()
    def enqueue(self, keys: Tensor) -> None:
        """Replace the oldest entries by ``keys`` ``[N, D]``; past the end it goes on at the start.

        With more keys than the queue holds, the last ones stay.
        """
        size, count = len(self), len(keys)
        kept = keys[-size:]
        offset = torch.arange(count - len(kept), count, device=self.position.device)
        self.features[(self.position + offset) % size] = kept.to(self.features.dtype)
        self.position.copy_((self.position + count) % size)
