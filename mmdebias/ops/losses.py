"""Contrastive losses on unit vectors, and BE's consistency of feature maps."""

import torch
import torch.nn.functional as F
from torch import Tensor


def contrastive_logits(
    query: Tensor, positive: Tensor, queue: Tensor, extra_negatives: Tensor | None = None
) -> Tensor:
    """Return cosine similarities ``[positive | queue | extra]`` of each query.

    Args:
        query: Unit vectors ``[N, D]``.
        positive: Unit vectors ``[N, D]``; row i is query i's positive key.
        queue: Unit vectors ``[K, D]``, negatives of every query, or ``[N, K, D]``, K for each.
        extra_negatives: Unit vectors ``[N, D]``, or ``[N, M, D]`` for several; row i holds those of
            query i alone (BE Eq. 7, DSM Eq. 7).

    Returns:
        ``[N, 1 + K]``, or ``[N, 1 + K + M]`` with extra negatives; column 0 is the positive.

    Raises:
        ValueError: shapes that do not fit together.
    """
    if extra_negatives is not None and extra_negatives.ndim == 2:
        extra_negatives = extra_negatives[:, None]
    own = () if extra_negatives is None else extra_negatives.unbind(1)
    for name, rows in (('positive', positive), *(('extra_negatives', rows) for rows in own)):
        if rows.shape != query.shape:
            raise ValueError(
                f'{name} has shape {tuple(rows.shape)} and query {tuple(query.shape)}; each query '
                'needs one row.'
            )
    n, channels = query.shape
    fits = queue.ndim == 2 or (queue.ndim == 3 and len(queue) == n)
    if not fits or queue.shape[-1] != channels:
        raise ValueError(
            f'queue has shape {tuple(queue.shape)}; {n} queries of {channels} dimensions need '
            f'[K, {channels}] or [{n}, K, {channels}].'
        )
    against = query @ queue.T if queue.ndim == 2 else (queue @ query[..., None])[..., 0]
    columns = [(query * positive).sum(1, keepdim=True), against]
    columns += [(query * rows).sum(1, keepdim=True) for rows in own]
    return torch.cat(columns, dim=1)


def info_nce(
    query: Tensor,
    positive: Tensor,
    queue: Tensor,
    temperature: float,
    extra_negatives: Tensor | None = None,
) -> Tensor:
    """Return InfoNCE: the cross-entropy of finding the positive in ``[positive | queue | extra]``.

    FAME Eq. 1; with ``extra_negatives``, Eq. 7 of BE and of DSM. Computed in float32 under
    autocast: at a temperature of .07 half precision loses the differences between logits.

    Args:
        query: Unit vectors ``[N, D]``.
        positive: Unit vectors ``[N, D]``.
        queue: Unit vectors ``[K, D]`` or ``[N, K, D]``.
        temperature: Positive number that divides the similarities.
        extra_negatives: Unit vectors ``[N, D]`` or ``[N, M, D]``, or None.

    Returns:
        A scalar.

    Raises:
        ValueError: ``temperature`` not positive, or shapes that do not fit together.
    """
    check_temperature(temperature)
    with torch.autocast(query.device.type, enabled=False):
        if extra_negatives is not None:
            extra_negatives = _full(extra_negatives)
        logits = contrastive_logits(_full(query), _full(positive), _full(queue), extra_negatives)
        logits = logits / temperature
        return F.cross_entropy(logits, logits.new_zeros(len(logits), dtype=torch.long))


def temporal_consistency(original: Tensor, disturbed: Tensor, reduction: str = 'mean') -> Tensor:
    """Return how far the strongest responses of two feature maps are apart, moment by moment (BE
    Eq. 4).

    ``||psi(f_o) - psi(f_d)||^2``, where psi is the maximum over space: the two clips are cropped
    differently, so their responses agree in time and strength but not in place. Computed in float32
    under autocast.

    Args:
        original: Feature maps ``[N, C, T, H, W]``.
        disturbed: The same ``[N, C, T]``; its frame size may differ.
        reduction: What the squared distance is averaged over. 'mean': all N * C * T elements, which
            makes it the "MSE loss" that section 3.3.2 calls it, of one size for any encoder. 'sum':
            the N clips only, Eq. 4 to the letter, C * T times as large.

    Returns:
        A scalar.

    Raises:
        ValueError: maps that do not fit together, or an unknown ``reduction``.
    """
    check_reduction(reduction)
    for name, maps in (('original', original), ('disturbed', disturbed)):
        if maps.ndim != 5 or maps.shape[:3] != original.shape[:3]:
            raise ValueError(
                f'{name} has shape {tuple(maps.shape)} and original {tuple(original.shape)}; both '
                'must be [N, C, T, H, W] with the same N, C and T.'
            )
    with torch.autocast(original.device.type, enabled=False):
        peaks = [_full(maps.amax((3, 4))) for maps in (original, disturbed)]
        distance = (peaks[0] - peaks[1]).square().flatten(1)
        return distance.mean() if reduction == 'mean' else distance.sum(1).mean()


def check_reduction(reduction: str) -> None:
    """Raise ValueError unless ``reduction`` is one of :func:`temporal_consistency`."""
    if reduction not in ('mean', 'sum'):
        raise ValueError(f"reduction={reduction!r} is unknown; use 'mean' or 'sum'.")


def check_temperature(temperature: float) -> None:
    """Raise ValueError unless ``temperature`` is positive."""
    if not temperature > 0:
        raise ValueError(f'temperature={temperature!r} must be positive; .07 to 1 are usual.')


def triplet(anchor: Tensor, positive: Tensor, negative: Tensor, margin: float = 0.5) -> Tensor:
    """Return mean of ``max(||a - p|| - ||a - n|| + margin, 0)``: the triplet loss, DSM Eq. 5.

    Eq. 5 sums over the batch; the mean, as in the authors' code, keeps the learning rate's meaning
    whatever the batch. Computed in float32 under autocast.

    Args:
        anchor: Unit vectors ``[N, D]``.
        positive: Unit vectors ``[N, D]``.
        negative: Unit vectors ``[N, D]``.
        margin: By how much negatives must be farther than positives; unit vectors are at most 2
            apart.

    Returns:
        A scalar.

    Raises:
        ValueError: ``margin`` not in (0, 2], or shapes that do not fit together.
    """
    check_margin(margin)
    for name, rows in (('positive', positive), ('negative', negative)):
        if rows.shape != anchor.shape:
            raise ValueError(
                f'{name} has shape {tuple(rows.shape)} and anchor {tuple(anchor.shape)}; each '
                'anchor needs one row.'
            )
    with torch.autocast(anchor.device.type, enabled=False):
        return F.triplet_margin_loss(_full(anchor), _full(positive), _full(negative), margin=margin)


def check_margin(margin: float) -> None:
    """Raise ValueError unless ``margin`` is one that unit vectors can keep."""
    if not 0 < margin <= 2:
        raise ValueError(f'margin={margin!r} must lie in (0, 2]; .5 is usual.')


def _full(values: Tensor) -> Tensor:
    """Return float32, unless the values are double."""
    return values if values.dtype == torch.float64 else values.float()
