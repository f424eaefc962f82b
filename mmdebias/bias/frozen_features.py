"""Features of a frozen model, and what a linear classifier finds in them."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from mmdebias.ops.linear_classifier import fit_linear_classifier

# A linear classifier of some hundred features is settled by fewer, and L-BFGS sees all at once.
MAX_ROWS = 20_000


def rows_to_fit(videos: int) -> int:
    """Return the clips a training video gives :func:`fit_rows`: one or more, 20,000 in all."""
    return max(1, MAX_ROWS // videos)


def some_rows(features: Tensor, rows: int | None) -> Tensor:
    """Return some of a video's clips, evenly spread.

    Args:
        features: Of its clips, ``[R, D]``.
        rows: How many; None, or more than there are, takes all.
    """
    if rows is None or rows >= len(features):
        return features
    return features[torch.linspace(0, len(features) - 1, rows).round().long()]


def fit_rows(features: Tensor, labels: Sequence[int], num_classes: int) -> tuple[Tensor, Tensor]:
    """Return a linear classifier of clips, from videos' labels.

    Args:
        features: Of :func:`frozen_features`, ``[V, R, D]``.
        labels: Of the V videos.
        num_classes: K.

    Returns:
        Weights ``[K, D]`` and biases ``[K]``, see :func:`fit_linear_classifier`.
    """
    labels = torch.tensor(labels).repeat_interleave(features.shape[1])
    return fit_linear_classifier(features.flatten(0, 1), labels, num_classes)


def predict_rows(features: Tensor, weights: Tensor, biases: Tensor) -> Tensor:
    """Return probabilities of videos ``[V, K]``: the mean over a video's clips ``[V, R, D]``."""
    return F.linear(F.normalize(features, dim=2), weights, biases).softmax(2).mean(1)


def pooled(output: object) -> Tensor:
    """Pool feature maps, frames, tokens or vectors, perhaps several, to ``[M, D]``."""
    if isinstance(output, (tuple, list)):
        return torch.cat([pooled(part) for part in output], dim=1)
    if not isinstance(output, Tensor) or output.ndim < 2:
        raise TypeError(f'the backbone returns {type(output).__name__}, which are no features')
    if output.ndim == 3:  # tokens [M, L, D]
        return output.mean(1)
    return output.flatten(2).mean(2) if output.ndim > 2 else output
