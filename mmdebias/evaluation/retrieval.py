"""Finding videos of the same class among a gallery."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor


def retrieval_recall(
    gallery: Tensor,
    gallery_labels: Tensor,
    query: Tensor,
    query_labels: Tensor,
    ks: Sequence[int] = (1, 5, 10, 20, 50),
    center: bool = False,
    block: int = 1024,
) -> dict[int, float]:
    """R@k: share of queries whose class is among their k nearest gallery entries, by cosine.

    FAME, section 4.2 "Video Retrieval": the gallery is the training videos, the queries are the
    test videos, and a feature is the mean of a video's ten clips.

    Args:
        gallery: ``[G, D]``.
        gallery_labels: Integers ``[G]``.
        query: ``[Q, D]``.
        query_labels: Integers ``[Q]``.
        ks: How many neighbours; more than the gallery holds counts as all of it.
        center: Subtract from each set its own mean first, as the code released with FAME does.
        block: Queries compared with the gallery at a time, which bounds the memory.

    Returns:
        ``{k: recall in [0, 1]}``.

    Raises:
        ValueError: an empty set, k below one, or features that are not finite.
    """
    if min(ks) < 1:
        raise ValueError(f'ks={tuple(ks)} must be 1 or more.')
    for name, features in (('gallery', gallery), ('query', query)):
        if not len(features):
            raise ValueError(f'{name} is empty: retrieval needs videos on both sides.')
        if not torch.isfinite(features).all():
            bad = int((~torch.isfinite(features)).any(1).sum())
            raise ValueError(f'{bad} of {len(features)} features of {name} are not finite.')
    if center:
        gallery, query = gallery - gallery.mean(0), query - query.mean(0)
    gallery, query = F.normalize(gallery, dim=1), F.normalize(query, dim=1)
    deepest = min(max(ks), len(gallery))
    hits = torch.zeros(deepest, device=query.device)
    for features, labels in zip(query.split(block), query_labels.split(block)):
        nearest = (features @ gallery.T).topk(deepest, dim=1).indices
        right = gallery_labels[nearest] == labels[:, None]
        hits += right.cummax(1).values.sum(0)
    return {k: float(hits[min(k, deepest) - 1] / len(query)) for k in ks}
