"""The numbers of a bias report: every measure of every checkpoint, with intervals."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmdebias.intervals import bootstrap_interval, paired_difference, paired_ratio

from .measures import Measure
from .per_video import pack
from .probes import WHOLE, measure_order, measures_by_name
from .summary import summary_sentence, telling_measure, values_of

FORMAT, VERSION = 'mmdebias-bias-report', 2
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
        ``setting``, ``checkpoints`` and ``measures``. Of each checkpoint its facts, its
        ``summary`` and ``kept``, see :func:`mmdebias.bias.summary.summary_sentence`. Of each
        measure its name, what is better, the number of videos and a digest of their names, for
        each checkpoint the value, ends of the 95 % interval, chance and the value of each video
        (:mod:`mmdebias.bias.per_video`), and for each pair of checkpoints the paired difference
        with its interval. All shares are in [0, 1], but for ``kept``, which may be above 1.

    Raises:
        ValueError: two checkpoints with the same name, or measured on other videos.
    """
    names = [checkpoint.name for checkpoint in measured]
    if len(set(names)) < len(names):
        raise ValueError(f'checkpoints have the names {names}: give each its own')
    found = {name for checkpoint in measured for name in checkpoint.measures}
    in_order = sorted(found, key=lambda name: (measure_order(name), name))
    measures = [_measure(name, measured, seed) for name in in_order]
    return dict(
        format=FORMAT,
        format_version=VERSION,
        setting=dict(setting),
        checkpoints=[_checkpoint(one, values_of(measures, one.name), seed) for one in measured],
        measures=measures,
    )


def _checkpoint(one: Measured, values: Mapping[str, Any], seed: int) -> dict[str, Any]:
    kept = _kept(one, seed)
    sentence = summary_sentence(one.name, values, kept)
    return dict(name=one.name, summary=sentence, kept=kept, **one.facts)


def _kept(one: Measured, seed: int) -> dict[str, Any] | None:
    """Return what is left of a model's accuracy by the measure that tells most, with its interval.

    A share of the accuracy on the videos that both measures have; None where there is none.
    """
    name = telling_measure(one.measures)
    if name is None or WHOLE not in one.measures:
        return None
    found = (one.measures[key] for key in (WHOLE, name))
    whole, left = (dict(zip(measure.videos, measure.values)) for measure in found)
    both = [video for video in left if video in whole]
    pairs = np.array([(left[video], whole[video]) for video in both]).reshape(-1, 2)
    if not pairs[:, 1].sum() > 0:
        return None
    return dict(measure=name, **asdict(paired_ratio(pairs[:, 0], pairs[:, 1], seed=seed)))


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
        entry = dict(checkpoint=checkpoint.name, **asdict(interval), chance=guessed)
        values.append(dict(entry, per_video=pack(measure.values)))
        for other in having[:number]:
            difference = paired_difference(measure.values, other.measures[name].values, seed=seed)
            differences.append(
                dict(checkpoint=checkpoint.name, against=other.name, **asdict(difference))
            )
    return dict(
        name=name,
        better=first.better,
        videos=len(first.videos),
        videos_sha256=names_digest(first.videos),
        values=values,
        differences=differences,
    )


def names_digest(videos: Sequence[object]) -> str:
    """Return a digest of the names of videos, in their order, or of pairs of name and class."""
    return hashlib.sha256(json.dumps(list(videos)).encode()).hexdigest()


def chance(name: str, num_classes: int, num_scenes: int | None = None) -> float | None:
    """Return the share that guessing gives: one of the classes, of two classes, or of the scenes.

    None where it depends on how one guesses: contrasted accuracy counts two answers.
    """
    measure = measures_by_name().get(name)
    of = measure.chance if measure is not None else 'class'
    if of == 'scene':
        return 1 / num_scenes if num_scenes else None
    return {'class': 1 / num_classes, 'pair': 0.5, '': None}[of]
