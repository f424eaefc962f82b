"""Space-time cubic puzzles."""

from collections.abc import Sequence

import torch
from mmaction.registry import MODELS
from torch import Tensor

from mmdebias.ops.pieces import cut_pieces

from .pretext_task import OrderTask

GRID = (4, 2, 2)  # cells in time, height and width
AXES = ('space', 'time', 'both')


@MODELS.register_module()
class SpaceTimePuzzles(OrderTask):
    """In which order do these four pieces of a clip belong, in space or in time?

    Kim et al., "Self-Supervised Video Representation Learning with Space-Time Cubic Puzzles", AAAI
    2019. A clip is cut into 4 x 2 x 2 cells of frames, height and width. A puzzle is four cells
    along one axis: the 2 x 2 of one span of time, or the 4 spans of time at one place, in one of 24
    orders.

    Their tricks against easy answers: each piece is cut from a random place inside its cell
    (``jitter``), so that neighbours do not touch; and one random channel stands for all three
    (``replicate_channel``), because lenses shift the colours at the borders of a frame.

    Args:
        clip_len: Frames of a sampled clip.
        size: Height and width of its frames in pixels.
        axis: 'space' or 'time', or 'both': either, drawn for each clip.
        jitter: By how many frames, rows and columns a piece is smaller than its cell.
        replicate_channel: Show one random channel of each clip, three times.

    Raises:
        ValueError: a clip that the cells do not divide, a ``jitter`` that leaves nothing of a cell,
            an unknown ``axis``; on a batch, clips of another size.
    """

    def __init__(
        self,
        clip_len: int,
        size: int,
        axis: str = 'both',
        jitter: Sequence[int] = (2, 8, 8),
        replicate_channel: bool = True,
    ) -> None:
        super().__init__(num_pieces=4)
        if axis not in AXES:
            raise ValueError(f'axis={axis!r} is unknown; use one of {AXES}.')
        for name, value, parts in (('clip_len', clip_len, GRID[0]), ('size', size, GRID[1])):
            if value < parts or value % parts:
                raise ValueError(f'{name}={value} cannot be cut into {parts} equal pieces.')
        self.clip_shape = (clip_len, size, size)
        self.cell = torch.tensor([whole // parts for whole, parts in zip(self.clip_shape, GRID)])
        self.jitter = torch.tensor(jitter)
        if len(jitter) != 3 or (self.jitter < 0).any() or (self.jitter >= self.cell).any():
            raise ValueError(
                f'jitter={tuple(jitter)} must be frames, rows and columns, each from 0 to less '
                f'than those of a cell, {tuple(self.cell.tolist())}.'
            )
        self.axis = axis
        # In space, pieces of one picture fit together.
        self.in_each_frame = axis != 'time'
        self.replicate_channel = replicate_channel

    def forward(self, views: dict[str, Tensor]) -> tuple[dict[str, Tensor], Tensor]:
        """Cut views into cells and shuffle them; see :meth:`PretextTask.forward`."""
        first = next(iter(views.values()))
        n, channels = first.shape[:2]
        if first.shape[2:] != self.clip_shape:
            raise ValueError(
                f'The sampled clips are {tuple(first.shape[2:])} (frames, height, width) and the '
                f'puzzle is made for {self.clip_shape}: set its clip_len and size.'
            )
        corners = self.draw_cells(n) * self.cell
        corners += (torch.rand(corners.shape) * (self.jitter + 1)).long()
        corners, labels = self.shuffle(corners)
        size = (self.cell - self.jitter).tolist()
        cut = {view: cut_pieces(clips, corners, size) for view, clips in views.items()}
        if self.replicate_channel:
            shown = torch.randint(channels, (n,)).tolist()
            for view, pieces in cut.items():
                grey = torch.stack([p[:, c : c + 1] for p, c in zip(pieces, shown)])
                cut[view] = grey.expand_as(pieces)
        return cut, labels.to(first.device)

    def draw_cells(self, n: int) -> Tensor:
        """Return the cells that make the puzzles of ``n`` clips, in order: int64 ``[n, 4, 3]``."""
        cells = torch.stack([torch.randint(parts, (n,)) for parts in GRID], dim=1)
        cells = cells[:, None].repeat(1, 4, 1)
        in_time = torch.tensor({'space': 0.0, 'time': 1.0, 'both': 0.5}[self.axis])
        in_time = torch.bernoulli(in_time.expand(n)).bool()
        cells[in_time, :, 0] = torch.arange(4)
        cells[~in_time, :, 1:] = torch.cartesian_prod(torch.arange(2), torch.arange(2))
        return cells
