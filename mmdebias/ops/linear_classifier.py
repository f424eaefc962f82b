"""A linear classifier on frozen features, fitted to the end rather than for some epochs."""

import torch
import torch.nn.functional as F
from torch import Tensor


def fit_linear_classifier(
    features: Tensor,
    labels: Tensor,
    num_classes: int,
    weight_decay: float = 1e-5,
    max_iterations: int = 1000,
) -> tuple[Tensor, Tensor]:
    """Fit multinomial logistic regression on L2-normalised features.

    The mean cross-entropy plus ``weight_decay / 2`` times the squared norm of the weights is convex
    and has one minimum in the weights, so the result depends on no rate, schedule or seed. The
    linear probe of the papers (FAME, appendix A.3) minimises the same by SGD for 100 epochs.

    Args:
        features: ``[N, D]``, any scale; each row is divided by its norm.
        labels: int64 ``[N]`` in ``[0, num_classes)``. Classes without a sample are allowed.
        num_classes: K.
        weight_decay: Above 0. Unit features want little: what tells classes apart may be a
            hundredth of their length, and 1e-3 leaves it unread.
        max_iterations: Of L-BFGS.

    Returns:
        Weights ``[K, D]`` and biases ``[K]``, float32: scores are
        ``normalize(features) @ weights.T + biases``.

    Raises:
        ValueError: shapes that do not fit, features that are not finite, labels outside of the
            classes, or ``weight_decay`` not above 0.
    """
    _check(features, labels, num_classes, weight_decay)
    # In float64 the line search does not stop early on rounding.
    rows = F.normalize(features.detach().double(), dim=1)
    parameters = torch.zeros(
        num_classes, rows.shape[1] + 1, dtype=rows.dtype, device=rows.device, requires_grad=True
    )
    optimiser = torch.optim.LBFGS(
        [parameters],
        max_iter=max_iterations,
        tolerance_grad=1e-7,
        tolerance_change=1e-12,
        history_size=20,
        line_search_fn='strong_wolfe',
    )

    def loss() -> Tensor:
        optimiser.zero_grad()
        weights, biases = parameters[:, :-1], parameters[:, -1]
        value = F.cross_entropy(F.linear(rows, weights, biases), labels)
        value = value + weight_decay / 2 * weights.square().sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    with torch.enable_grad():
        optimiser.step(loss)  # type: ignore[no-untyped-call]
    found = parameters.detach().float()
    # Adding a number to all biases changes no probability: the one with mean 0 is taken.
    return found[:, :-1].contiguous(), found[:, -1] - found[:, -1].mean()


def _check(features: Tensor, labels: Tensor, num_classes: int, weight_decay: float) -> None:
    if features.ndim != 2 or labels.shape != features.shape[:1] or not len(labels):
        raise ValueError(
            f'features {list(features.shape)} must be [N, D] and labels {list(labels.shape)} [N], '
            'with N of 1 or more'
        )
    if not torch.isfinite(features).all():
        rows = (~torch.isfinite(features).all(1)).nonzero().flatten().tolist()
        raise ValueError(f'features are not finite in {len(rows)} rows, the first is row {rows[0]}')
    if labels.min() < 0 or labels.max() >= num_classes:
        raise ValueError(
            f'labels from {int(labels.min())} to {int(labels.max())} are not all in '
            f'[0, {num_classes}): num_classes={num_classes} is too small, or labels are missing'
        )
    if not weight_decay > 0:
        raise ValueError(f'weight_decay={weight_decay} must be above 0: without it none is best')
