"""Finding videos of the same class among a gallery."""

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from .search import Rows, nearest


def retrieval_recall(
    gallery: Rows,
    gallery_labels: Tensor,
    query: Rows,
    query_labels: Tensor,
    ks: Sequence[int] = (1, 5, 10, 20, 50),
    **search: Any,
) -> dict[int, float]:
    """Compute R@k: the share of queries with their class among the k nearest gallery entries.

    FAME, section 4.2 "Video Retrieval": the gallery is the training videos, the queries are the
    test videos, and a feature is the mean of a video's ten clips. BE, section 4.3, and DSM: the
    same with every clip of 16 frames. A class absent from the gallery is never found, and counts.

    Args:
        gallery: ``[G, D]``.
        gallery_labels: Integers from 0, ``[G]``.
        query: ``[Q, D]``.
        query_labels: Integers from 0, ``[Q]``.
        ks: How many neighbours; more than the gallery holds counts as all of it.
        **search: ``center``, ``memory`` and ``backend`` of :func:`nearest`, which also says how
            ties are broken.

    Returns:
        ``{k: recall in [0, 1]}``.

    Raises:
        ValueError: ``ks`` below one, negative labels, which stand for missing ones, or what
            :func:`nearest` raises.
    """
    if min(ks) < 1:
        raise ValueError(f'ks={tuple(ks)} must be 1 or more.')
    check_labelled(gallery_labels, query_labels)
    indices = nearest(gallery, query, max(ks), **search)[1]
    right = gallery_labels[indices] == query_labels[:, None]
    deepest = right.shape[1]
    hits = right.cummax(1).values.double().mean(0)
    return {k: float(hits[min(k, deepest) - 1]) for k in ks}


def check_labelled(gallery_labels: Tensor, query_labels: Tensor) -> None:
    """Raise ValueError where a label is negative: two videos without one are not of one class."""
    for name, labels in (('gallery', gallery_labels), ('query', query_labels)):
        if len(labels) and int(labels.min()) < 0:
            raise ValueError(f'{name} has the label {int(labels.min())}: label all of its videos.')
