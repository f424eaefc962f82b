"""Confidence intervals of a mean over videos, of a difference or a ratio of two, of a share."""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

NORMAL = NormalDist()


@dataclass(frozen=True)
class Interval:
    """A mean and the ends of its confidence interval.

    Args:
        value: The mean.
        low: Lower end, at most ``value``.
        high: Upper end, at least ``value``.
        count: Videos.
    """

    value: float
    low: float
    high: float
    count: int


def bootstrap_interval(
    values: NDArray[np.floating],
    limits: tuple[float, float] = (0.0, 1.0),
    confidence: float = 0.95,
    resamples: int = 10_000,
    seed: int = 0,
) -> Interval:
    """Bootstrap interval of a mean, bias-corrected and accelerated (BCa).

    B. Efron, "Better Bootstrap Confidence Intervals", JASA 1987. The mean of a resample depends on
    how often each distinct value is in it, so these counts are drawn, which for 0 and 1 is two
    numbers a resample however many videos there are.

    Where all values are the same, resampling finds no spread, and an interval of width 0 would say
    that other videos cannot differ. There the mean can be as far away as if the largest share of
    other values that Wilson's interval allows (4 % of 100 videos) were at a limit. One value alone
    is such a case.

    Args:
        values: ``[N]``, a value a video, in ``limits``.
        limits: Smallest and greatest value that a video can have.
        confidence: In (0, 1).
        resamples: Draws.
        seed: Of the draws; the same values and seed give the same interval.

    Returns:
        The mean with its interval, inside ``limits``.

    Raises:
        ValueError: no values, or some outside of ``limits`` or not finite.
    """
    values = np.asarray(values, dtype=np.float64)
    low, high = limits
    if values.ndim != 1 or not len(values):
        raise ValueError(f'values has shape {values.shape}: give one value a video, at least one')
    if not ((values >= low) & (values <= high)).all():  # NaN compares false and lands here too
        raise ValueError(f'values are not all in limits={limits}: {values.min()} to {values.max()}')
    mean, count = float(values.mean()), len(values)
    tail = (1 - confidence) / 2
    if (values == values[0]).all():
        mean = float(values[0])
        unseen = confidence_interval(0, count, NORMAL.inv_cdf(1 - tail))[1]
        return Interval(mean, mean - unseen * (mean - low), mean + unseen * (high - mean), count)
    levels, counts = np.unique(values, return_counts=True)
    draws = _resampled_means(levels, counts, resamples, np.random.default_rng(seed))
    ends = np.quantile(draws, _corrected_tails(values, draws, tail, float(values.mean())))
    # The correction may pass the mean where nearly all values are the same.
    return Interval(mean, min(float(ends[0]), mean), max(float(ends[1]), mean), count)


def paired_difference(
    values: NDArray[np.floating],
    reference: NDArray[np.floating],
    confidence: float = 0.95,
    resamples: int = 10_000,
    seed: int = 0,
) -> Interval:
    """Bootstrap interval of the mean difference of two models on the same videos.

    Each video keeps both its values, so what is hard for both widens nothing.

    Args:
        values: ``[N]`` in [0, 1], of one model.
        reference: ``[N]`` in [0, 1], of the other, video by video.
        confidence: As in :func:`bootstrap_interval`.
        resamples: As in :func:`bootstrap_interval`.
        seed: As in :func:`bootstrap_interval`.

    Returns:
        The mean of ``values - reference`` with its interval, inside [-1, 1].

    Raises:
        ValueError: the two are not of the same number of videos.
    """
    values, reference = np.asarray(values, np.float64), np.asarray(reference, np.float64)
    if values.shape != reference.shape:
        raise ValueError(
            f'values {values.shape} and reference {reference.shape} are not of the same videos'
        )
    return bootstrap_interval(values - reference, (-1.0, 1.0), confidence, resamples, seed)


def paired_ratio(
    values: NDArray[np.floating],
    reference: NDArray[np.floating],
    confidence: float = 0.95,
    resamples: int = 10_000,
    seed: int = 0,
) -> Interval:
    """Bootstrap interval of what is left of one mean in another, on the same videos.

    As :func:`bootstrap_interval`, with the influence of a video on the ratio in the place of its
    value (Efron, 1987, section 7). Where resampling finds no spread, as where nothing is left of
    any video, the ratio can be as far away as the largest share of other videos that Wilson's
    interval allows among those that the reference counts.

    Args:
        values: ``[N]``, 0 or more, such as whether each video is right in another scene.
        reference: ``[N]``, 0 or more, such as whether it is right as filmed; not all 0. In the
            case without spread its sum stands for a number of videos: its mean should be 1 or less.
        confidence: As in :func:`bootstrap_interval`.
        resamples: As in :func:`bootstrap_interval`.
        seed: As in :func:`bootstrap_interval`.

    Returns:
        ``values.mean() / reference.mean()``, 0 or more, with its interval.

    Raises:
        ValueError: the two are not of the same number of videos, or the reference is 0.
    """
    pairs = np.stack([np.asarray(values, np.float64), np.asarray(reference, np.float64)], 1)
    if not pairs[:, 1].sum() > 0:
        raise ValueError('reference is 0 for all videos: nothing can be left of it')
    ratio, count = float(pairs[:, 0].sum() / pairs[:, 1].sum()), len(pairs)
    influence = pairs[:, 0] - ratio * pairs[:, 1]
    tail = (1 - confidence) / 2
    if np.allclose(influence, 0):
        counted = max(1, round(pairs[:, 1].sum()))
        unseen = confidence_interval(0, counted, NORMAL.inv_cdf(1 - tail))[1]
        return Interval(ratio, ratio * (1 - unseen), ratio + unseen, count)
    levels, counts = np.unique(pairs, axis=0, return_counts=True)
    means = _resampled_means(levels, counts, resamples, np.random.default_rng(seed))
    draws = means[means[:, 1] > 0]
    ratios = draws[:, 0] / draws[:, 1]
    ends = np.quantile(ratios, _corrected_tails(influence, ratios, tail, ratio))
    return Interval(ratio, min(float(ends[0]), ratio), max(float(ends[1]), ratio), count)


def _resampled_means(
    levels: NDArray[np.float64], counts: NDArray[np.int_], resamples: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return means of resamples of levels ``[L]`` or ``[L, M]``: ``[resamples]`` or with M."""
    total = counts.sum()
    part = max(1, 10_000_000 // len(levels))  # 80 MB of counts at a time
    sizes = [min(part, resamples - start) for start in range(0, resamples, part)]
    return np.concatenate(
        [rng.multinomial(total, counts / total, size) @ levels / total for size in sizes]
    )


def _corrected_tails(
    values: NDArray[np.floating], draws: NDArray[np.floating], tail: float, mean: float
) -> NDArray[np.float64]:
    """Return the quantiles of the draws that are the interval's ends (Efron's Eq. 1.9, a mean).

    Args:
        values: ``[N]``, each video's value or influence.
        draws: The statistic of each resample.
        tail: Outside of either end.
        mean: The statistic of the videos themselves.
    """
    centred = values - values.mean()
    # Draws of 0 and 1 often are the mean itself: half of those count as below it.
    rounding = 1e-12
    below = (draws < mean - rounding).mean() + (abs(draws - mean) <= rounding).mean() / 2
    half = 0.5 / len(draws)
    bias = NORMAL.inv_cdf(min(max(below, half), 1 - half))
    acceleration = (centred**3).sum() / (6 * (centred**2).sum() ** 1.5)
    tails = []
    for z in (NORMAL.inv_cdf(tail), NORMAL.inv_cdf(1 - tail)):
        shifted = bias + z
        tails.append(NORMAL.cdf(bias + shifted / (1 - acceleration * shifted)))
    return np.array(tails)


def confidence_interval(share: float, count: int, z: float = 1.959964) -> tuple[float, float]:
    """Return Wilson's score interval of a share of ``count`` independent trials.

    E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 1927.
    It stays inside [0, 1] and has a width at 0 and 1, too.

    Args:
        share: In [0, 1].
        count: How many trials.
        z: Standard deviations on each side; the default is for 95 %.

    Returns:
        Lower and upper end, in [0, 1].

    Raises:
        ValueError: ``share`` outside [0, 1] or ``count`` below 1.
    """
    if not 0 <= share <= 1 or count < 1:
        raise ValueError(f'share={share} must be in [0, 1] and count={count} 1 or more.')
    scale = 1 + z**2 / count
    middle = (share + z**2 / (2 * count)) / scale
    half = z * math.sqrt(share * (1 - share) / count + z**2 / (4 * count**2)) / scale
    # Rounding must not leave the share outside.
    return max(min(middle - half, share), 0.0), min(max(middle + half, share), 1.0)
