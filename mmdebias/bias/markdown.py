"""A bias report as Markdown."""

from typing import Any

from .wording import ARROWS, answers, masks_sentence, number, points, words_for


def render_markdown(report: dict[str, Any]) -> str:
    """Render sentences and tables, for a repository or a terminal.

    Args:
        report: Of :func:`mmdebias.bias.numbers.put_together`.
    """
    setting, names = report['setting'], [entry['name'] for entry in report['checkpoints']]
    lines = ['# How much of it is background', '']
    lines += [f'- **{_cell(name)}**: {sentence}' for name, sentence in answers(report)]
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
    lines += ['', '## How it was measured', '', masks_sentence(setting['masks']), '']
    lines += [f'- {key}: {value}' for key, value in setting_rows(report)]
    return '\n'.join(lines) + '\n'


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
