"""The measures of a bias report, from a classifier's scores of the rows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .probes import PROBES, Probe
from .rows import ProbeRow

Shown = tuple[str, int, str | None]
"""A video as a row shows it: its name, the seed, the background."""


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
    values: NDArray[np.float64]
    better: str


def bias_measures(rows: Sequence[ProbeRow], scores: NDArray[np.floating]) -> dict[str, Measure]:
    """Return all measures that the rows give, by name, in the order of the probes.

    Args:
        rows: Of a manifest.
        scores: float ``[N, K]``, the classifier's score of each class for each row.

    Raises:
        ValueError: shapes that do not fit, scores that are not finite, or a label outside of the
            K classes.
    """
    scores = np.asarray(scores, dtype=float)
    _check(rows, scores)
    found: dict[str, Measure] = {}
    for probe in PROBES.values():
        if probe.contrast is not None:
            found |= _contrasted(probe, probe.contrast, rows, scores)
            continue
        chosen = [index for index, row in enumerate(rows) if row.probe == probe.name]
        if not chosen:
            continue
        shown, videos = [rows[index] for index in chosen], tuple(rows[i].video for i in chosen)
        for measure in probe.measures:
            values = np.asarray(measure.answer(shown, scores[chosen]), dtype=float)
            name = f'{probe.name}/{measure.name}'
            found[name] = Measure(name, videos, values, measure.better)
    return found


def _contrasted(
    probe: Probe,
    pair: tuple[str, str],
    rows: Sequence[ProbeRow],
    scores: NDArray[np.floating],
) -> dict[str, Measure]:
    """Return the share of videos right on the SCUBA video and wrong on its own still frame."""
    found = {}
    for measure in probe.measures:
        right: dict[str, dict[Shown, np.bool_]] = {name: {} for name in pair}
        chosen = [index for index, row in enumerate(rows) if row.probe in right]
        shown = [rows[index] for index in chosen]
        for row, answer in zip(shown, measure.answer(shown, scores[chosen]) if chosen else ()):
            right[row.probe][row.video, row.seed, row.background] = answer
        moving, still = right.values()
        both = [video for video in moving if video in still]
        if both:
            values = np.array([moving[video] and not still[video] for video in both], dtype=float)
            name = f'{probe.name}/{measure.name}'
            found[name] = Measure(
                name, tuple(video for video, _, _ in both), values, measure.better
            )
    return found


def _check(rows: Sequence[ProbeRow], scores: NDArray[np.floating]) -> None:
    if scores.ndim != 2 or len(scores) != len(rows):
        raise ValueError(
            f'scores {list(scores.shape)} must be [N, K], with a row for each of {len(rows)} rows.'
        )
    if not np.isfinite(scores).all():
        first = rows[int(np.flatnonzero(~np.isfinite(scores).all(1))[0])]
        raise ValueError(f'scores are not finite, first of {first.probe} of {first.video}.')
    classes = scores.shape[1]
    for row in rows:
        for label in (row.label, row.partner_label):
            if label is not None and not 0 <= label < classes:
                raise ValueError(
                    f'{row.video} has class {label}, and the classifier knows 0 to {classes - 1}: '
                    'it was trained for another list of classes.'
                )
