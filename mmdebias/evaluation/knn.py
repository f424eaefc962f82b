"""Classifying by the nearest neighbours."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from .retrieval import check_labelled
from .search import Rows, nearest


def knn_accuracy(
    gallery: Rows,
    gallery_labels: Tensor,
    query: Rows,
    query_labels: Tensor,
    k: int = 200,
    temperature: float = 0.07,
    topk: Sequence[int] = (1, 5),
    **search: Any,
) -> dict[int, float]:
    """Return accuracy of a weighted vote of the k nearest gallery entries.

    Wu et al., "Unsupervised Feature Learning via Non-Parametric Instance Discrimination", CVPR
    2018, section 3.4: a neighbour of cosine s votes for its class with the weight
    ``exp(s / temperature)``. Classes with equal votes come in the order of their numbers, those
    without a vote are not among the answers: a class absent from the gallery counts as wrong.

    Args:
        gallery: ``[G, D]``.
        gallery_labels: Integers from 0, ``[G]``.
        query: ``[Q, D]``.
        query_labels: Integers from 0, ``[Q]``.
        k: How many neighbours vote; all of a smaller gallery.
        temperature: How much more the nearest count.
        topk: For which numbers of answers.
        **search: ``center``, ``memory`` and ``backend`` of :func:`nearest`, which also says which
            of several equally near neighbours are taken.

    Returns:
        ``{n: share of queries, in [0, 1], whose class is among the n with the most votes}``.

    Raises:
        ValueError: ``temperature`` not positive, ``topk`` below one, negative labels, or what
            :func:`nearest` raises.
    """
    if not temperature > 0:
        raise ValueError(f'temperature={temperature} must be positive.')
    if min(topk) < 1:
        raise ValueError(f'topk={tuple(topk)} must be 1 or more.')
    check_labelled(gallery_labels, query_labels)
    similarities, indices = nearest(gallery, query, k, **search)
    # The largest weight is 1: exp(1 / temperature) may be too large, and the order is the same.
    weights = ((similarities - similarities[:, :1]) / temperature).double().exp()
    # A hair for a weight that vanishes: its class has a vote nevertheless.
    weights = weights.clamp(min=torch.finfo(torch.float64).tiny)
    classes = int(torch.cat([gallery_labels, query_labels]).max()) + 1
    votes = torch.zeros(len(indices), classes, dtype=torch.float64)
    votes.scatter_add_(1, gallery_labels[indices], weights)
    own = votes.gather(1, query_labels[:, None])
    before = torch.arange(classes) < query_labels[:, None]
    ahead = ((votes > own) | ((votes == own) & before)).sum(1)
    return {n: float(((ahead < n) & (own[:, 0] > 0)).double().mean()) for n in topk}
