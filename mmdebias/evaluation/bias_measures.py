"""What the probes of a bias report say about a classifier."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mmdebias.datasets.bias.manifest import CONFLICT, PROBES, SCUBA, SCUFO, SOURCES, ProbeRow

# Neither is better for a still frame: some classes can be told from one.
BETTER = dict.fromkeys(('original', *SCUBA, 'human_only'), 'higher')
BETTER |= dict.fromkeys((*SCUFO, 'background_only'), 'lower')
CLASSES_OF_CONFLICT = ('label', 'partner_label')


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
    scores = np.asarray(scores, dtype=float)
    _check(rows, scores)
    predictions = scores.argmax(1) if len(rows) else np.empty(0, int)
    found: dict[str, Measure] = {}
    for probe in PROBES:
        chosen = [index for index, row in enumerate(rows) if row.probe == probe]
        if not chosen:
            continue
        of = [rows[index] for index in chosen]
        right = predictions[chosen] == [row.label for row in of]
        videos = tuple(row.video for row in of)
        if probe in CONFLICT:
            values = _conflict(of, scores[chosen])
        elif probe == 'action_swap':
            wrong = predictions[chosen] == [row.partner_label for row in of]
            values = dict(foreground_accuracy=(right, 'higher'), background_error=(wrong, 'lower'))
        else:
            values = dict(accuracy=(right, BETTER.get(probe, '')))
        for name, (value, better) in values.items():
            name = f'{probe}/{name}'
            found[name] = Measure(name, videos, np.asarray(value, dtype=float), better)
    for source in SOURCES:
        measure = _contrasted(source, rows, predictions)
        if measure is not None:
            found[measure.name] = measure
    return found


def _conflict(rows: list[ProbeRow], scores: np.ndarray) -> dict[str, tuple[np.ndarray, str]]:
    every, prediction = np.arange(len(rows)), scores.argmax(1)
    moving, static = (np.array([getattr(row, key) for row in rows]) for key in CLASSES_OF_CONFLICT)
    over = scores[every, moving] > scores[every, static]
    return dict(
        moving=(prediction == moving, 'higher'),
        static=(prediction == static, 'lower'),
        moving_over_static=(over, 'higher'),
    )


def _contrasted(source: str, rows: Sequence[ProbeRow], predictions: np.ndarray) -> Measure | None:
    """Right on the SCUBA video and wrong on its own still frame."""
    right: dict[str, dict] = {f'scuba_{source}': {}, f'scufo_{source}': {}}
    for row, prediction in zip(rows, predictions):
        if row.probe in right:
            right[row.probe][row.video, row.seed, row.background] = prediction == row.label
    moving, still = right.values()
    both = [video for video in moving if video in still]
    if not both:
        return None
    values = np.array([moving[video] and not still[video] for video in both], dtype=float)
    videos = tuple(video for video, _, _ in both)
    return Measure(f'contrasted_{source}/accuracy', videos, values, 'higher')


def _check(rows: Sequence[ProbeRow], scores: np.ndarray) -> None:
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
