"""The base of the pretext tasks."""

from itertools import permutations

import torch
from torch import Tensor, nn


class PretextTask(nn.Module):
    """A set R of M transformations of a clip, one of which the network has to name (BE Eq. 3).

    For each clip one transformation is drawn at each step: its expected loss is the mean over R of
    Eq. 3, at an M-th of the cost. All views of a clip get the same one, so that BE's consistency
    compares like with like.
    """

    num_classes: int
    """M, the number of transformations."""

    num_pieces: int
    """P, how many pieces a transformed clip has."""

    in_each_frame = False
    """Whether each frame by itself shows which transformation it was, so that a still would do."""

    def forward(self, views: dict[str, Tensor]) -> tuple[dict[str, Tensor], Tensor]:
        """Transform a batch.

        Args:
            views: ``{view: [N, C, T, H, W]}``.

        Returns:
            ``{view: [N, P, C, t, h, w]}``, and which transformation it was, int64 ``[N]`` in
            [0, M), on the views' device.
        """
        raise NotImplementedError


class OrderTask(PretextTask):
    """A task whose transformations are the orders of P pieces: M = P!.

    Args:
        num_pieces: P.
    """

    def __init__(self, num_pieces: int) -> None:
        super().__init__()
        self.num_pieces = num_pieces
        self.orders = torch.tensor(list(permutations(range(num_pieces))))
        self.num_classes = len(self.orders)

    def shuffle(self, corners: Tensor) -> tuple[Tensor, Tensor]:
        """Draw an order for the pieces of each clip.

        Args:
            corners: int64 ``[N, P, 3]`` in the right order.

        Returns:
            The same in a random order, and which one it is, int64 ``[N]``.
        """
        labels = torch.randint(self.num_classes, (len(corners),))
        order = self.orders[labels, :, None].expand_as(corners)
        return corners.gather(1, order), labels
