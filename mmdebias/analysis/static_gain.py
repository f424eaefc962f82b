"""The gain of motion over a still frame, class by class."""

from typing import NamedTuple

import numpy as np

# Two points always lie on a line.
FEWEST = 3


class Correlation(NamedTuple):
    """Pearson's, between two numbers of each class."""

    rho: float
    """In [-1, 1]; NaN where it is not defined."""
    p_value: float
    """Of no correlation, two-sided; NaN where it is not defined."""
    classes: int
    """That both numbers are known of."""

    def __str__(self) -> str:
        """Format it as BE's text does."""
        if np.isnan(self.rho):
            return f'no correlation defined, {self.classes} class(es)'
        p_value = f'{self.p_value:.2g}' if self.p_value >= 1e-4 else '< 0.0001'
        return f'ρ = {self.rho:.2f}, p = {p_value}, {self.classes} classes'


def per_class_accuracy(predicted: np.ndarray, labels: np.ndarray, num_classes: int) -> np.ndarray:
    """Compute the top-1 accuracy of each class.

    Args:
        predicted: int ``[N]``.
        labels: int ``[N]``, in ``[0, num_classes)``.
        num_classes: K.

    Returns:
        float64 ``[K]`` in [0, 1]; NaN for a class without a video.

    Raises:
        ValueError: lengths that differ, or a label that is no class.
    """
    predicted, labels = np.asarray(predicted), np.asarray(labels)
    if predicted.shape != labels.shape or labels.ndim != 1:
        raise ValueError(f'predicted {predicted.shape} and labels {labels.shape} must both be [N].')
    if len(labels) and not (labels.min() >= 0 and labels.max() < num_classes):
        raise ValueError(
            f'labels from {labels.min()} to {labels.max()} are not all in [0, {num_classes}).'
        )
    videos = np.bincount(labels, minlength=num_classes)
    right = np.bincount(labels[predicted == labels], minlength=num_classes)
    return np.where(videos, right / np.maximum(videos, 1), np.nan)


def relative_gain(after: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Compute ``(after - before) / before``, class by class (DSM Fig. 1, BE Fig. 4).

    Args:
        after: Accuracies ``[K]``; NaN for a class without a video.
        before: Those that are improved on.

    Returns:
        ``[K]``; NaN where ``before`` is 0, because no factor leads away from it, and where either
        is NaN.

    Raises:
        ValueError: shapes that differ.
    """
    after, before = np.asarray(after, float), np.asarray(before, float)
    if after.shape != before.shape:
        raise ValueError(f'after {after.shape} and before {before.shape} differ in shape.')
    known = before > 0
    return np.where(known, (after - before) / np.where(known, before, 1), np.nan)


def correlate(gain: np.ndarray, static: np.ndarray) -> Correlation:
    """Compute Pearson's correlation over the classes that have both numbers (BE, section 4.5).

    A gain over the static accuracy itself, as in DSM's Fig. 1, has that accuracy in its denominator
    and falls with it for that reason alone; BE correlates the gain of one method over another,
    which has not.

    Args:
        gain: ``[K]``, NaN where not defined.
        static: ``[K]``, NaN where not defined.

    Returns:
        NaN for correlation and p-value with fewer than three such classes, or where one of the two
        numbers is the same for all.
    """
    from scipy.stats import pearsonr

    gain, static = np.asarray(gain, float), np.asarray(static, float)
    known = np.isfinite(gain) & np.isfinite(static)
    count = int(known.sum())
    if count < FEWEST or np.ptp(gain[known]) == 0 or np.ptp(static[known]) == 0:
        return Correlation(float('nan'), float('nan'), count)
    found = pearsonr(gain[known], static[known])
    return Correlation(float(found.statistic), float(found.pvalue), count)
