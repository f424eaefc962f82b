"""A bias report as Markdown."""

from collections.abc import Mapping
from typing import Any

from .summary import answers
from .wording import ARROWS, masks_sentence, number, points, words_for


def render_markdown(report: dict[str, Any]) -> str:
    """Render sentences and tables, for a repository or a terminal.

    Args:
        report: Of :func:`mmdebias.bias.numbers.put_together`.
    """
    setting, names = report['setting'], [entry['name'] for entry in report['checkpoints']]
    lines = ['# How much of it is background', '']
    for name, sentence, more in answers(report):
        rest = f'{sentence.removeprefix(name)} {more}'.rstrip()
        lines.append(f'- **{_cell(name)}**{rest}')
    lines += ['', '## Measures', '', 'Percent, with 95 % intervals over videos.', '']
    lines += [f'| measure | | {" | ".join(map(_cell, names))} | chance | videos |']
    lines += ['|---' * (len(names) + 4) + '|']
    for measure in report['measures']:
        values = {entry['checkpoint']: entry for entry in measure['values']}
        cells = [_value(values.get(name)) for name in names]
        lines.append(
            f'| {_title(measure["name"])} | {ARROWS.get(measure["better"], "")} '
            f'| {" | ".join(cells)} | {_chance(measure)} | {measure["videos"]} |'
        )
    if len(names) > 1:
        lines += ['', f'## Differences from {_cell(names[0])}', '']
        lines += ['Percentage points on the same videos, with 95 % intervals.', '']
        lines += [f'| measure | | {" | ".join(map(_cell, names[1:]))} |']
        lines += ['|---' * (len(names) + 1) + '|']
        for measure in report['measures']:
            cells = [_difference(measure, name, names[0]) for name in names[1:]]
            arrow = ARROWS.get(measure['better'], '')
            lines.append(f'| {_title(measure["name"])} | {arrow} | {" | ".join(cells)} |')
    lines += _comparison(report)
    lines += ['', '## How it was measured', '', masks_sentence(setting['masks']), '']
    lines += [f'- {key}: {value}' for key, value in setting_rows(report)]
    return '\n'.join(lines) + '\n'


def comparison_note(comparison: Mapping[str, Any]) -> str:
    """Return what the differences from a stored report are, and what else is different there.

    Args:
        comparison: Of :func:`mmdebias.bias.comparing.compare_reports`.
    """
    paired = [e['paired'] for m in comparison['measures'] for e in m['differences']]
    of = 'of the paired difference on the same videos'
    if not all(paired):
        of = 'as of two independent samples, wider than they need be: it keeps no values of videos'
        if any(paired):
            of = 'of the paired difference, or (*) as of two independent samples'
    text = f'Differences from the stored report in percentage points, with 95 % intervals {of}.'
    if comparison['notes']:
        text += f' Different there: {"; ".join(comparison["notes"])}.'
    return text


def _comparison(report: dict[str, Any]) -> list[str]:
    """Return the lines of the differences from a stored report, none where there is none."""
    comparison = report.get('comparison')
    if not comparison:
        return []
    pairs = comparison['models']
    heads = [_cell(name if name == old else f'{name} since {old}') for name, old in pairs]
    lines = ['', f'## Against {comparison["file"]}', '', comparison_note(comparison), '']
    lines += [f'| measure | | {" | ".join(heads)} |', '|---' * (len(pairs) + 2) + '|']
    for measure in comparison['measures']:
        cells = [_since(measure, name) for name, _ in pairs]
        arrow = ARROWS.get(measure['better'], '')
        lines.append(f'| {_title(measure["name"])} | {arrow} | {" | ".join(cells)} |')
    return lines


def _since(measure: dict[str, Any], name: str) -> str:
    for entry in measure['differences']:
        if entry['checkpoint'] == name:
            star = '' if entry['paired'] else '*'
            ends = f'{points(entry["low"])} to {points(entry["high"])}'
            return f'{points(entry["value"])} ({ends}{star}; was {number(entry["before"])})'
    return '–'


def setting_rows(report: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what decided the numbers, as pairs of words."""
    setting = report['setting']
    rows = [
        ('Videos', f'{setting["videos"]} of {setting["data"]}, {setting["classes"]} classes'),
        ('Manifest', f'manifest.jsonl, sha256 {setting["manifest_sha256"][:12]}'),
        ('Seed', str(setting['seed'])),
        ('Intervals', '95 %, bootstrap over videos (BCa, 10,000 resamples)'),
        ('Versions', ', '.join(f'{name} {v}' for name, v in setting['versions'].items())),
    ]
    for checkpoint in report['checkpoints']:
        text = _origin(checkpoint)
        if checkpoint['kind'] == 'probe':
            text += (
                f'; self-supervised: a linear layer was trained for this report on its frozen '
                f'features of {checkpoint["train_videos"]} videos of '
                f'{", ".join(checkpoint["train"])}'
            )
        if checkpoint.get('options'):
            text += f'; options {checkpoint["options"]}'
        if checkpoint.get('short_videos'):
            text += (
                f'; {checkpoint["short_videos"]} of the videos are shorter than its clips, which '
                'show them from the start again'
            )
        rows.append((checkpoint['name'], text))
    if setting.get('scenes'):
        scenes = setting['scenes']
        rows.append(
            (
                'Scene probe',
                f'{scenes["classes"]} scenes, trained on {scenes["train_videos"]} videos, tested '
                f'on {scenes["videos"]}',
            )
        )
    return rows


def _origin(checkpoint: dict[str, Any]) -> str:
    """Say where a model comes from, and which clips it is shown."""
    if 'config' in checkpoint:
        sha256 = checkpoint['sha256'][:12]
        return f'{checkpoint["config"]}, {checkpoint["checkpoint"]}, sha256 {sha256}'
    known = f', sha256 {checkpoint["sha256"][:12]}' if checkpoint['sha256'] else ''
    return f'{checkpoint["source"]}{known}; clips {checkpoint["clip"]}'


def _title(name: str) -> str:
    words = words_for(name)
    return _cell(f'{words.group}: {words.title}')


def _value(entry: dict[str, Any] | None) -> str:
    if entry is None:
        return '–'
    return f'{number(entry["value"])} ({number(entry["low"])} to {number(entry["high"])})'


def _chance(measure: dict[str, Any]) -> str:
    chances = {entry['chance'] for entry in measure['values']}
    (chance,) = chances if len(chances) == 1 else (None,)
    return '–' if chance is None else number(chance)


def _difference(measure: dict[str, Any], name: str, reference: str) -> str:
    for entry in measure['differences']:
        if (entry['checkpoint'], entry['against']) == (name, reference):
            return f'{points(entry["value"])} ({points(entry["low"])} to {points(entry["high"])})'
    return '–'


def _cell(text: str) -> str:
    return text.replace('|', '\\|').replace('\n', ' ')
