"""What the probes of a bias report say about a classifier."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mmdebias.datasets.bias.manifest import ProbeRow


@dataclass(frozen=True)
class Measure:
    """One number of a bias report, and what it is the mean of.

    Args:
        name: Such as 'scuba_stripes/accuracy'.
        videos: What each value is of; the unit that a bootstrap draws.
        values: float64 ``[len(videos)]``, 0 or 1; the measure is their mean.
        better: 'higher', 'lower', or '' where neither is.
    """

    name: str
    videos: tuple[str, ...]
    values: np.ndarray
    better: str


def bias_measures(rows: Sequence[ProbeRow], scores: np.ndarray) -> dict[str, Measure]:
    """All measures that the rows give, by name, in the order of the probes.

    Args:
        rows: Of a manifest.
        scores: float ``[N, K]``, the classifier's score of each class for each row.

    Raises:
        ValueError: shapes that do not fit, scores that are not finite, or a label outside of the
            K classes.
    """
    raise NotImplementedError
