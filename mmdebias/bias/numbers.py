"""The numbers of a bias report: every measure of every checkpoint, with intervals."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .intervals import bootstrap_interval, paired_difference
from .measures import Measure
from .probes import measure_order, measures_by_name

FORMAT, VERSION = 'mmdebias-bias-report', 1
SCENE_PROBE = 'scene_probe/accuracy'


@dataclass(frozen=True)
class Measured:
    """A checkpoint and what was measured of it.

    Args:
        name: What the report calls it.
        facts: Where it comes from, for the JSON: config, checkpoint, sha256, ...
        measures: Of :func:`bias_measures`, and others such as :func:`scene_measure`.
        num_classes: K of the scores.
        num_scenes: Of the scene probe, where there is one.
    """

    name: str
    facts: Mapping[str, object]
    measures: Mapping[str, Measure]
    num_classes: int
    num_scenes: int | None = None


def scene_measure(
    videos: Sequence[str], probabilities: NDArray[np.floating], scenes: Sequence[int]
) -> dict[str, Measure]:
    """Return whether a probe of frozen features names the scene of each video.

    Args:
        videos: V names.
        probabilities: Of the scenes, ``[V, S]``.
        scenes: The V true ones.
    """
    right = np.asarray(probabilities).argmax(1) == np.array(scenes)
    measure = Measure(
        SCENE_PROBE, tuple(videos), right.astype(np.float64), measures_by_name()[SCENE_PROBE].better
    )
    return {SCENE_PROBE: measure}


def put_together(
    setting: Mapping[str, object], measured: Sequence[Measured], seed: int = 0
) -> dict[str, Any]:
    """Put together what the report says, ready for JSON.

    Args:
        setting: What decided the numbers, kept as it is.
        measured: The checkpoints. All must have been measured on the same videos.
        seed: Of the bootstrap.

    Returns:
        ``setting``, ``checkpoints`` and ``measures``: of each its name, what is better, the number
        of videos, for each checkpoint the value, ends of the 95 % interval and chance, and for
        each pair of checkpoints the paired difference with its interval. All shares are in [0, 1].

    Raises:
        ValueError: two checkpoints with the same name, or measured on other videos.
    """
    names = [checkpoint.name for checkpoint in measured]
    if len(set(names)) < len(names):
        raise ValueError(f'checkpoints have the names {names}: give each its own')
    found = {name for checkpoint in measured for name in checkpoint.measures}
    in_order = sorted(found, key=lambda name: (measure_order(name), name))
    return dict(
        format=FORMAT,
        format_version=VERSION,
        setting=dict(setting),
        checkpoints=[dict(name=checkpoint.name, **checkpoint.facts) for checkpoint in measured],
        measures=[_measure(name, measured, seed) for name in in_order],
    )


def _measure(name: str, measured: Sequence[Measured], seed: int) -> dict[str, Any]:
    having = [checkpoint for checkpoint in measured if name in checkpoint.measures]
    first = having[0].measures[name]
    values, differences = [], []
    for number, checkpoint in enumerate(having):
        measure = checkpoint.measures[name]
        if measure.videos != first.videos:
            raise ValueError(
                f'{name} of {checkpoint.name} is of other videos than that of {having[0].name}'
            )
        interval = bootstrap_interval(measure.values, seed=seed)
        guessed = chance(name, checkpoint.num_classes, checkpoint.num_scenes)
        values.append(dict(checkpoint=checkpoint.name, **asdict(interval), chance=guessed))
        for other in having[:number]:
            difference = paired_difference(measure.values, other.measures[name].values, seed=seed)
            differences.append(
                dict(checkpoint=checkpoint.name, against=other.name, **asdict(difference))
            )
    return dict(
        name=name,
        better=first.better,
        videos=len(first.videos),
        values=values,
        differences=differences,
    )


def chance(name: str, num_classes: int, num_scenes: int | None = None) -> float | None:
    """Return the share that guessing gives: one of the classes, of two classes, or of the scenes.

    None where it depends on how one guesses: contrasted accuracy counts two answers.
    """
    measure = measures_by_name().get(name)
    of = measure.chance if measure is not None else 'class'
    if of == 'scene':
        return 1 / num_scenes if num_scenes else None
    return {'class': 1 / num_classes, 'pair': 0.5, '': None}[of]
