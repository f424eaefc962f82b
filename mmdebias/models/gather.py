"""Exchanging clips and keys between ranks."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import torch
import torch.distributed as dist
from mmengine.dist import get_rank, get_world_size
from torch import Tensor

_alone = ContextVar('alone', default=False)


@contextmanager
def on_this_rank_alone() -> Iterator[None]:
    """Let augments exchange clips within this rank, as without distributed training.

    For what one rank does by itself, such as drawing a picture: in a collective it would wait for
    ranks that never come.
    """
    token = _alone.set(True)
    try:
        yield
    finally:
        _alone.reset(token)


def ranks() -> int:
    """Return how many ranks exchange clips: 1 within :func:`on_this_rank_alone`."""
    return 1 if _alone.get() else get_world_size()


def gather_rows(rows: Tensor) -> Tensor:
    """Return all ranks' rows, rank after rank: ``[N_r, ...]`` on each to ``[sum of N_r, ...]`` on
    all.

    Ranks may have different numbers of rows, as in a last partial batch. Without distributed
    training, ``rows`` itself. No gradient flows.
    """
    if ranks() == 1:
        return rows
    counts = gather_counts(rows)
    padded = rows.new_zeros(max(counts), *rows.shape[1:])
    padded[: len(rows)] = rows.detach()
    parts = [torch.empty_like(padded) for _ in counts]
    dist.all_gather(parts, padded)
    return torch.cat([part[:count] for part, count in zip(parts, counts)])


def gather_counts(rows: Tensor) -> list[int]:
    """Return how many rows each rank has."""
    if ranks() == 1:
        return [len(rows)]
    count = torch.tensor([len(rows)], device=rows.device)
    counts = [torch.empty_like(count) for _ in range(ranks())]
    dist.all_gather(counts, count)
    return torch.cat(counts).tolist()


def exchange(clips: Tensor) -> tuple[Tensor, Tensor]:
    """Deal the clips of all ranks out at random, for shuffle-BN (He et al., 2020, section 3.3).

    Batch norm over the same clips would let a query recognise its key by their common statistics;
    a key encoded among other clips cannot be. One rank shuffles its clips within itself.

    Args:
        clips: This rank's ``[N_r, ...]``.

    Returns:
        This rank's share of the shuffled clips, as many as it gave, and the order, int64
        ``[sum of N_r]``, that all ranks drew together; see :func:`give_back`.
    """
    everything = gather_rows(clips)
    order = same_on_all_ranks(torch.randperm(len(everything), device=clips.device))
    return everything[order[rank_slice(clips)]], order


def same_on_all_ranks(values: Tensor) -> Tensor:
    """Rank 0's ``values``, of the same shape everywhere, in place of what each rank drew."""
    if ranks() > 1:
        dist.broadcast(values, src=0)
    return values


def rank_slice(rows: Tensor) -> slice:
    """Return where this rank's ``rows`` stand in what :func:`gather_rows` makes of them."""
    counts = gather_counts(rows)
    begin = 0 if ranks() == 1 else sum(counts[: get_rank()])
    return slice(begin, begin + len(rows))


def other_rows(rows: Tensor, everything: Tensor) -> Tensor:
    """Return for each of this rank's ``rows`` ``[N, D]`` all ranks' rows but itself.

    Args:
        rows: This rank's.
        everything: What :func:`gather_rows` makes of them, ``[M, D]``.

    Returns:
        ``[N, M - 1, D]``.

    Raises:
        ValueError: a single row, which has no others.
    """
    if len(everything) < 2:
        raise ValueError(
            'Without a queue (queue_size=0) the negatives are the other videos of the batch, and '
            'it holds 1 video: give two or more (train_dataloader.batch_size), and '
            'train_dataloader.drop_last=True where an epoch ends with a smaller batch.'
        )
    own = torch.eye(len(everything), dtype=torch.bool, device=rows.device)[rank_slice(rows)]
    return everything.expand(len(rows), -1, -1)[~own].unflatten(0, (len(rows), -1))


def give_back(keys: Tensor, order: Tensor) -> tuple[Tensor, Tensor]:
    """Undo :func:`exchange` on what was computed from its clips.

    Args:
        keys: This rank's ``[N_r, D]``, of the shuffled clips.
        order: What :func:`exchange` returned.

    Returns:
        Keys ``[N_r, D]`` of this rank's own clips, and all ranks' keys ``[sum of N_r, D]`` in the
        order of ranks.
    """
    shuffled = gather_rows(keys)
    everything = torch.empty_like(shuffled)
    everything[order] = shuffled
    return everything[rank_slice(keys)], everything


def check_others(augment: str, clips: int, where: str = 'the batch') -> None:
    """Raise ValueError unless ``clips``, a number, has another clip for each.

    Args:
        augment: Name of the augment that takes pixels of other clips, for the message.
        clips: How many clips it chooses among.
        where: What holds them.
    """
    if clips < 2:
        raise ValueError(
            f'{augment} takes pixels of another video, and {where} holds {clips} clip: give two or '
            'more (train_dataloader.batch_size), and train_dataloader.drop_last=True where an '
            'epoch ends with a smaller batch.'
        )


def derangement(n: int, device: torch.device) -> Tensor:
    """Draw a random order, int64 ``[n]``, that leaves none of two or more clips in its place."""
    order = torch.randperm(n, device=device)
    # Every clip takes the one before it in a random circle: never itself, and no retries.
    others = torch.empty_like(order)
    others[order] = order.roll(1)
    return others
