"""Compare a report with one that was stored: of the same videos, of models before and after."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mmdebias.intervals import Interval, paired_difference

from .numbers import FORMAT, VERSION
from .per_video import unpack

READ = (1, VERSION)
"""Versions of the format that can be compared; the first kept no values of single videos."""
REMEDY = 'run its command again with --overwrite, which reuses its scores'


def read_stored(file: str | Path) -> dict[str, Any]:
    """Read a ``report.json``.

    Raises:
        FileNotFoundError: there is none.
        ValueError: the file is no report, is damaged, or of another version of the format.
    """
    file = Path(file)
    if file.is_dir():
        file = file / 'report.json'
    if not file.is_file():
        raise FileNotFoundError(
            f'compare: there is no file {file}; give the report.json of a report'
        )
    try:
        stored = json.loads(file.read_text(encoding='utf-8'))
    except ValueError as error:
        raise ValueError(f'compare: {file} is damaged ({error}): {REMEDY}.') from error
    if not isinstance(stored, dict) or stored.get('format') != FORMAT:
        raise ValueError(f'compare: {file} is no bias report: give the report.json of one.')
    if stored.get('format_version') not in READ:
        raise ValueError(
            f'compare: {file} has version {stored.get("format_version")!r} of the format, and this '
            f'mmdebias knows {READ[0]} and {READ[1]}: install the mmdebias that wrote it, or '
            f'{REMEDY}.'
        )
    return stored


def check_same_videos(setting: Mapping[str, Any], stored: Mapping[str, Any], file: str) -> None:
    """Raise where a stored report is of other videos or labels.

    Args:
        setting: Of the report at hand.
        stored: Of :func:`read_stored`.
        file: It, for the message.

    Raises:
        ValueError: it is.
    """
    there = stored['setting']
    # The first version named its videos in the manifest only.
    key = 'videos_sha256' if 'videos_sha256' in there else 'manifest_sha256'
    if there.get(key) == setting[key]:
        return
    sizes = [f'{one["videos"]} of {one["data"]}' for one in (there, setting)]
    if key == 'manifest_sha256':
        raise ValueError(
            f'compare: {file} is of an older version, which kept no list of its videos, and its '
            f'manifest is another ({sizes[0]}; here are {sizes[1]}): {REMEDY}.'
        )
    raise ValueError(
        f'compare: {file} is of other videos or labels ({sizes[0]}; here are {sizes[1]}): give a '
        'report of the same list, or report on its list here (--data, --num-videos and --seed).'
    )


def match_models(names: list[str], stored: Mapping[str, Any], file: str) -> dict[str, str]:
    """Return with which of the stored models each model is compared, by name.

    Args:
        names: Of the models at hand.
        stored: Of :func:`read_stored`.
        file: It, for the message.

    Returns:
        The model of the same name, for models that have one; where none has, and one model is
        stored, that one for all.

    Raises:
        ValueError: there are several, and none has the name of one at hand.
    """
    there = [entry['name'] for entry in stored['checkpoints']]
    same = {name: name for name in names if name in there}
    if same:
        return same
    if len(there) == 1:
        return dict.fromkeys(names, there[0])
    raise ValueError(
        f'compare: {file} has the models {", ".join(there)}, and none of {", ".join(names)}: give '
        '--model the name that it has there.'
    )


def compare_reports(
    report: Mapping[str, Any], stored: Mapping[str, Any], file: str = 'the stored report'
) -> dict[str, Any]:
    """Compare a report with a stored one.

    Args:
        report: Of :func:`mmdebias.bias.numbers.put_together`, with ``videos_sha256`` and
            ``manifest_sha256`` in its setting.
        stored: Of :func:`read_stored`.
        file: What to call it.

    Returns:
        ``file``; ``models``, pairs of a model and the stored one; ``notes``, what else differs; and
        ``measures``: name and, for each pair that has it, the value ``before``, the difference with
        its 95 % interval, in [-1, 1], and whether it is ``paired``: both hold the values of the
        same videos. Else the interval is that of two independent samples (R. G. Newcombe,
        Statistics in Medicine 1998, method 10), which is wider as a rule.

    Raises:
        ValueError: they are of other videos or labels, or have no models to compare.
    """
    check_same_videos(report['setting'], stored, file)
    names = [entry['name'] for entry in report['checkpoints']]
    pairs = match_models(names, stored, file)
    seed = int(report['setting'].get('seed', 0))
    before = {measure['name']: measure for measure in stored['measures']}
    measures = []
    for measure in report['measures']:
        if measure['name'] not in before:
            continue
        entries = _differences(measure, before[measure['name']], pairs, seed)
        if entries:
            measures.append(
                dict(name=measure['name'], better=measure['better'], differences=entries)
            )
    return dict(
        file=file,
        models=[list(pair) for pair in pairs.items()],
        notes=[
            *_notes(report['setting'], stored['setting']),
            *_notes_of_models(report, stored, pairs),
        ],
        measures=measures,
    )


def independent_difference(one: Mapping[str, Any], other: Mapping[str, Any]) -> Interval:
    """Return a difference of two shares with the interval that theirs give (MOVER).

    Args:
        one: ``value``, ``low``, ``high`` and ``count``.
        other: The same; it is taken away.
    """
    value = one['value'] - other['value']
    down = math.hypot(one['value'] - one['low'], other['high'] - other['value'])
    up = math.hypot(one['high'] - one['value'], other['value'] - other['low'])
    count = min(one['count'], other['count'])
    return Interval(value, max(value - down, -1.0), min(value + up, 1.0), count)


def _differences(
    now: Mapping[str, Any], before: Mapping[str, Any], pairs: Mapping[str, str], seed: int
) -> list[dict[str, Any]]:
    """Return the differences of a measure, of the pairs of models that have it."""
    ours, theirs = ({e['checkpoint']: e for e in m['values']} for m in (now, before))
    same = now['videos_sha256'] == before.get('videos_sha256')
    found = []
    for name, against in pairs.items():
        if name not in ours or against not in theirs:
            continue
        one, other = ours[name], theirs[against]
        paired = same and 'per_video' in other
        if paired:
            values = [unpack(entry['per_video']) for entry in (one, other)]
            difference = paired_difference(values[0], values[1], seed=seed)
        else:
            difference = independent_difference(one, other)
        found.append(
            dict(
                checkpoint=name,
                against=against,
                before=other['value'],
                **asdict(difference),
                paired=paired,
            )
        )
    return found


def _notes(here: Mapping[str, Any], there: Mapping[str, Any]) -> list[str]:
    """Return what else differs between two settings, in words."""
    notes = []
    for key, what in (
        ('seed', 'seed'),
        ('images', 'pictures behind actors'),
        ('train', 'training lists'),
        ('scenes', 'scenes'),
        ('options', 'options of configs'),
    ):
        told = [_plain(setting.get(key)) for setting in (there, here)]
        if told[0] != told[1]:
            notes.append(f'{what} {told[0]}, here {told[1]}')
    masks = [setting.get('masks', {}).get('description') for setting in (there, here)]
    if masks[0] != masks[1]:
        notes.append(f'masks: {masks[0]}, here {masks[1]}')
    packages, ours = there.get('versions', {}), here.get('versions', {})
    for name in sorted({*packages, *ours}):
        if packages.get(name) != ours.get(name):
            notes.append(f'{name} {packages.get(name)}, here {ours.get(name)}')
    return notes


def _notes_of_models(
    report: Mapping[str, Any], stored: Mapping[str, Any], pairs: Mapping[str, str]
) -> list[str]:
    """Return in which clips, and in how many videos of training, models and theirs differ."""
    here, there = (
        {entry['name']: entry for entry in one['checkpoints']} for one in (report, stored)
    )
    notes = []
    for name, against in pairs.items():
        for key, what in (('clip', 'clips'), ('train_videos', 'training videos')):
            before, now = there[against].get(key), here[name].get(key)
            # Another kind of model has other facts.
            if None not in (before, now) and before != now:
                notes.append(f'{what} of {name}: {before}, here {now}')
    return notes


def _plain(value: Any) -> Any:
    """Return a value of a setting in words, what is empty as None."""
    if isinstance(value, Mapping):
        value = [f'{key} {one}' for key, one in value.items()]
    return ', '.join(map(str, value)) or None if isinstance(value, list) else value
