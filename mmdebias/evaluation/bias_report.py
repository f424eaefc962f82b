"""The numbers of a bias report: every measure of every checkpoint, with intervals."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from torch import Tensor

from .bias_measures import Measure
from .bootstrap import bootstrap_interval, paired_difference

FORMAT, VERSION = 'mmdebias-bias-report', 1
SCENE_PROBE = 'scene_probe/accuracy'
ORDER = (
    'original',
    'scuba',
    'scufo',
    'contrasted',
    'action_swap/foreground',
    'action_swap/background',
    'conflict',
    'human_only',
    'background_only',
    'static_frame',
    'scene_probe',
)


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
    videos: Sequence[str], probabilities: Tensor, scenes: Sequence[int]
) -> dict[str, Measure]:
    """Whether a probe of frozen features names the scene of each video.

    Args:
        videos: V names.
        probabilities: Of the scenes, ``[V, S]``.
        scenes: The V true ones.
    """
    right = probabilities.argmax(1).numpy() == np.array(scenes)
    measure = Measure(SCENE_PROBE, tuple(videos), right.astype(np.float64), 'lower')
    return {SCENE_PROBE: measure}


def bias_report(setting: Mapping[str, object], measured: Sequence[Measured], seed: int = 0) -> dict:
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
        ValueError: Two checkpoints with the same name, or measured on other videos.
    """
    names = [checkpoint.name for checkpoint in measured]
    if len(set(names)) < len(names):
        raise ValueError(f'checkpoints have the names {names}: give each its own')
    found = {name for checkpoint in measured for name in checkpoint.measures}
    return dict(
        format=FORMAT,
        format_version=VERSION,
        setting=dict(setting),
        checkpoints=[dict(name=checkpoint.name, **checkpoint.facts) for checkpoint in measured],
        measures=[_measure(name, measured, seed) for name in sorted(found, key=_place)],
    )


def _place(name: str) -> tuple[int, str]:
    """Where a measure stands in the report: the plain questions first."""
    kinds = [kind for kind in ORDER if name.startswith(kind)]
    # Within a conflict, what moves comes before what is still.
    last = dict(moving=0, static=1, moving_over_static=2).get(name.partition('/')[2], 0)
    return ORDER.index(kinds[0]) if kinds else len(ORDER), f'{name.partition("/")[0]}/{last}{name}'


def _measure(name: str, measured: Sequence[Measured], seed: int) -> dict:
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
        chance = chance_of(name, checkpoint.num_classes, checkpoint.num_scenes)
        values.append(dict(checkpoint=checkpoint.name, **asdict(interval), chance=chance))
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


def chance_of(name: str, num_classes: int, num_scenes: int | None = None) -> float | None:
    """What guessing gives: one of the classes, of two classes, or of the scenes.

    None where it depends on how one guesses: contrasted accuracy counts two answers.
    """
    if name == SCENE_PROBE:
        return 1 / num_scenes if num_scenes else None
    if name.startswith('contrasted_'):
        return None
    return 0.5 if name.endswith('/moving_over_static') else 1 / num_classes
