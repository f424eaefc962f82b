"""Exact nearest neighbours by cosine, in bounded memory."""

from typing import Protocol

import numpy as np
import torch
from torch import Tensor

try:
    import faiss
except ImportError:
    faiss = None

BACKENDS = ('auto', 'faiss', 'torch')

# Queries compared with a block of the gallery at a time, and how many columns of the matrix product
# are looked through first: the best of few make a threshold that most of the others do not pass.
QUERIES, FIRST_COLUMNS = 1024, 256

# Products over blocks of a whole number of tiles give equal rows equal similarities.
TILE = 64


class Rows(Protocol):
    """Features ``[N, D]`` in memory or on disk: a tensor, a NumPy array, ``ShardedRows``."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Return N and D."""

    def __len__(self) -> int: ...

    def __getitem__(self, part: slice) -> Tensor | np.ndarray: ...


def nearest(
    gallery: Rows,
    query: Rows,
    k: int,
    center: bool = False,
    memory: float = 1.0,
    backend: str = 'auto',
    device: str | torch.device | None = None,
) -> tuple[Tensor, Tensor]:
    """Return the k gallery rows with the largest cosine to each query, all compared with all.

    Rows of equal similarity are in the order of the gallery, and so is the choice among them where
    not all are among the k. A row of zeros has the similarity 0 with every other. The result does
    not depend on how rows are stored; it may depend on ``memory`` and ``backend`` within the
    rounding of float32.

    Args:
        gallery: ``[G, D]``, any float type; computed in float32.
        query: ``[Q, D]``.
        k: How many neighbours; all of a smaller gallery.
        center: Subtract from each set its own mean first, as the code released with FAME does.
        memory: GiB for the rows and similarities held at a time, beside the result ``[Q, k]`` and
            features that are in memory anyway.
        backend: 'faiss' (on the CPU), 'torch' (blocked matrix products), or 'auto': the latter on a
            GPU, else faiss where it is installed (``pip install mmdebias[faiss]``).
        device: Where blocked products are computed; None is the GPU, if there is one.

    Returns:
        Similarities in [-1, 1], float32 ``[Q, min(k, G)]``, largest first, and the row numbers,
        int64.

    Raises:
        ValueError: ``k`` below 1, an empty set, features that are not finite or not of the same
            width, a ``backend`` or ``memory`` that cannot be, faiss on another device than the CPU.
    """
    device = _device(device, backend)
    use_faiss = _check(gallery, query, k, memory, backend, device)
    k = min(k, len(gallery))
    room = int(memory * 2**30 / 4)  # numbers of float32
    width = gallery.shape[1]
    # A quarter of the room each for queries, gallery, the copy that normalising makes, products.
    wave = max(1, min(len(query), room // (4 * width)))
    block = min(room // (4 * width), room // (4 * QUERIES), _whole_tiles(len(gallery)), 16384)
    block = max(TILE, block // TILE * TILE)
    means = [_mean(rows, block) if center else None for rows in (gallery, query)]
    found = []
    for start in range(0, len(query), wave):
        queries = _load('query', query, start, wave, means[1]).to(device)
        found.append(_search(gallery, queries, k, block, means[0], use_faiss))
    similarities, indices = (torch.cat(parts) for parts in zip(*found))
    return similarities, indices


def _search(
    gallery: Rows, queries: Tensor, k: int, block: int, mean: Tensor | None, use_faiss: bool
) -> tuple[Tensor, Tensor]:
    parts = queries.split(QUERIES)
    best = [
        (part.new_full((len(part), k), -torch.inf), part.new_zeros(len(part), k, dtype=torch.long))
        for part in parts
    ]
    padded = queries.new_zeros(block, queries.shape[1])
    for start in range(0, len(gallery), block):
        rows = _load('gallery', gallery, start, block, mean).to(queries.device)
        if len(rows) < block:
            padded[: len(rows)], padded[len(rows) :] = rows, 0
        for i, part in enumerate(parts):
            if use_faiss:
                best[i] = _faiss_update(best[i], part, rows, start)
            else:
                products = part @ (rows if len(rows) == block else padded).T
                best[i] = _update(best[i], products[:, : len(rows)], start)
    values, indices = (torch.cat(parts).cpu() for parts in zip(*best))
    return values, indices


def _update(best: tuple[Tensor, Tensor], products: Tensor, start: int) -> tuple[Tensor, Tensor]:
    """Let the columns of ``products``, rows ``start`` and on of the gallery, into the best k."""
    begin, length = 0, FIRST_COLUMNS
    while begin < products.shape[1]:
        part = products[:, begin : begin + length]
        # Strictly larger: of equals, the earlier row stays.
        row, column = (part > best[0][:, -1:]).nonzero(as_tuple=True)
        if len(row):
            counts = row.bincount(minlength=len(part))
            place = torch.arange(len(row), device=row.device) - (counts.cumsum(0) - counts)[row]
            values = part.new_full((len(part), int(counts.max())), -torch.inf)
            indices = part.new_zeros(values.shape, dtype=torch.long)
            values[row, place] = part[row, column]
            indices[row, place] = column + start + begin
            best = _merge(best, values, indices)
        begin, length = begin + length, 4 * length
    return best


def _merge(best: tuple[Tensor, Tensor], values: Tensor, indices: Tensor) -> tuple[Tensor, Tensor]:
    """Return the best k of both; equals stay in the gallery's order, as candidates come in it."""
    k = best[0].shape[1]
    values, indices = torch.cat([best[0], values], 1), torch.cat([best[1], indices], 1)
    values, order = values.sort(dim=1, descending=True, stable=True)
    # Copies: a view would hold all candidates.
    return values[:, :k].clone(), indices.gather(1, order[:, :k])


def _faiss_update(
    best: tuple[Tensor, Tensor], queries: Tensor, rows: Tensor, start: int
) -> tuple[Tensor, Tensor]:
    k = best[0].shape[1]
    ask = min(k + 1, len(rows))
    values, indices = faiss.knn(
        queries.numpy(), rows.numpy(), ask, metric=faiss.METRIC_INNER_PRODUCT
    )
    values, indices = torch.from_numpy(values), torch.from_numpy(indices).long()
    # faiss leaves open which of equal rows it returns: where the k-th is not above the next, look.
    open_rows = (
        (values[:, k - 1] == values[:, k]).nonzero().flatten()
        if ask > k
        else torch.empty(0, dtype=torch.long)
    )
    indices, order = indices.sort(dim=1)
    merged = _merge(best, values.gather(1, order), indices + start)
    if len(open_rows):
        part = best[0][open_rows], best[1][open_rows]
        for target, exact in zip(merged, _update(part, queries[open_rows] @ rows.T, start)):
            target[open_rows] = exact
    return merged


def _load(name: str, rows: Rows, start: int, count: int, mean: Tensor | None) -> Tensor:
    part = _tensor(rows[start : start + count]).float()
    if mean is not None:
        part = part - mean
    # A row is finite where its length is: a pass over the rows less.
    length = torch.linalg.vector_norm(part, dim=1, keepdim=True)
    broken = (~torch.isfinite(length)).flatten().nonzero().flatten()
    if len(broken):
        raise ValueError(
            f'{len(broken)} of the features {start} to {start + len(part) - 1} of {name} are not '
            f'finite, the first is {start + int(broken[0])}: the encoder has diverged or its '
            'checkpoint is broken.'
        )
    return part / length.clamp(min=1e-12)


def _tensor(part: Tensor | np.ndarray) -> Tensor:
    # A copy: what is mapped from disk cannot be written to, and PyTorch warns of that.
    return part if isinstance(part, Tensor) else torch.from_numpy(np.array(part))


def _mean(rows: Rows, block: int) -> Tensor:
    total = torch.zeros(rows.shape[1], dtype=torch.float64)
    for start in range(0, len(rows), block):
        total += _tensor(rows[start : start + block]).double().sum(0)
    return (total / len(rows)).float()


def _whole_tiles(count: int) -> int:
    return -(-count // TILE) * TILE


def _device(device: str | torch.device | None, backend: str) -> torch.device:
    if device is None:
        device = 'cuda' if backend != 'faiss' and torch.cuda.is_available() else 'cpu'
    return torch.device(device)


def _check(
    gallery: Rows, query: Rows, k: int, memory: float, backend: str, device: torch.device
) -> bool:
    if k < 1:
        raise ValueError(f'k={k} must be 1 or more.')
    if not memory > 0:
        raise ValueError(f'memory={memory} must be a positive number of GiB.')
    if backend not in BACKENDS:
        raise ValueError(f'backend={backend!r} must be one of {BACKENDS}.')
    if backend == 'faiss' and faiss is None:
        raise ValueError("backend='faiss' needs faiss: pip install faiss-cpu, or backend='torch'.")
    if backend == 'faiss' and device.type != 'cpu':
        raise ValueError(f"backend='faiss' searches on the CPU, not on {device}: use 'torch'.")
    for name, rows in (('gallery', gallery), ('query', query)):
        if not len(rows):
            raise ValueError(f'{name} is empty: retrieval needs videos on both sides.')
    if gallery.shape[1] != query.shape[1]:
        raise ValueError(
            f'gallery has {gallery.shape[1]} numbers a row and query {query.shape[1]}: they must '
            'come from the same encoder and pooling.'
        )
    return device.type == 'cpu' and (
        backend == 'faiss' or (backend == 'auto' and faiss is not None)
    )
