"""A bias report as one page of HTML that needs nothing beside it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from pathlib import Path
from string import Template
from typing import Any

from mmdebias.ops.compositing import Picture

from .clip_pictures import moving_picture
from .dot_plot import COLOURS, MARKERS, dot_plot
from .markdown import setting_rows
from .wording import (
    ARROWS,
    BETTER,
    answers,
    clip_title,
    masks_sentence,
    number,
    points,
    probe_title,
    words_for,
)

SMALL = 100  # pixels: frames below are shown larger than they are, with their pixels as squares


@dataclass(frozen=True)
class Sample:
    """A clip that the models were shown, and their answers.

    Args:
        probe: As in the manifest.
        clip: RGB, uint8 ``[T, H, W, 3]``.
        label: Name of the class of what moves.
        partner: Name of the class of the other video in it, if there is one.
        answers: Class that each checkpoint names, in the report's order.
    """

    probe: str
    clip: Picture
    label: str
    partner: str | None
    answers: tuple[str, ...]


def render_page(report: dict[str, Any], samples: Sequence[Sample] = ()) -> str:
    """Render the page: the answer in words, dots, tables, clips, and what decided the numbers.

    It reads on a phone and prints, in light and dark; styles, drawing and clips are inside it.

    Args:
        report: Of :func:`mmdebias.bias.numbers.put_together`.
        samples: Clips to show, those of a probe one after the other.
    """
    setting, folder = report['setting'], Path(__file__).parent
    names = [entry['name'] for entry in report['checkpoints']]
    shown = max((len(list(group)) for _, group in groupby(samples, lambda s: s.probe)), default=0)
    return Template((folder / 'page.html').read_text(encoding='utf-8')).substitute(
        title=escape(f'Background bias: {", ".join(names)}'),
        style=(folder / 'style.css').read_text(encoding='utf-8'),
        videos=f'{setting["videos"]:,}',
        data=escape('/'.join(Path(setting['data']).parts[-2:])),
        answers='\n'.join(
            f'<p>{_mark(index)} <strong>{escape(name)}</strong>. {escape(text)}</p>'
            for index, (name, text) in enumerate(answers(report))
        ),
        warning=(
            f'<section class="warning"><p>{escape(masks_sentence(setting["masks"]))}</p></section>'
            if setting['masks']['warning']
            else ''
        ),
        legend='<ul class="legend">'
        + ''.join(f'<li>{_mark(i)} {escape(name)}</li>' for i, name in enumerate(names))
        + '</ul>',
        plot=dot_plot(report),
        table=_table(report, names),
        differences=_differences(report, names),
        meanings=_meanings(report),
        shown=f'{shown} videos' if shown != 1 else 'video',
        probes=_probes(samples, names),
        masks=escape(masks_sentence(setting['masks'])),
        facts='\n'.join(
            f'<dt>{escape(key)}</dt><dd>{escape(value)}</dd>' for key, value in setting_rows(report)
        ),
        files='The same numbers are in report.json and report.md beside this page; manifest.jsonl '
        'lists every composed video, and scores/ has the models’ scores of each.',
    )


def _mark(index: int) -> str:
    character = MARKERS[index % len(MARKERS)][1]
    return f'<span class="mark" style="color:var(--c{index % COLOURS})">{character}</span>'


def _table(report: dict[str, Any], names: list[str]) -> str:
    heads = ''.join(
        f'<th scope="col">{_mark(i)}&nbsp;{escape(n)}</th>' for i, n in enumerate(names)
    )
    heads = f'<th></th>{heads}<th scope="col">chance</th><th scope="col">videos</th>'

    def cells(measure: dict[str, Any]) -> str:
        values = {entry['checkpoint']: entry for entry in measure['values']}
        chances = {entry['chance'] for entry in measure['values']}
        (chance,) = chances if len(chances) == 1 else (None,)
        row = [_value(values[name]) if name in values else '<td>–</td>' for name in names]
        row.append(f'<td class="muted">{"–" if chance is None else number(chance)}</td>')
        row.append(f'<td class="muted">{measure["videos"]:,}</td>')
        return ''.join(row)

    return _grouped(report, heads, len(names) + 3, cells)


def _value(entry: dict[str, Any]) -> str:
    interval = f'{number(entry["low"])}–{number(entry["high"])}'
    return f'<td>{number(entry["value"])}<small>{interval}</small></td>'


def _differences(report: dict[str, Any], names: list[str]) -> str:
    if len(names) < 2:
        return ''
    reference, others = names[0], names[1:]
    heads = '<th></th>' + ''.join(
        f'<th scope="col">{_mark(i)}&nbsp;{escape(name)}</th>' for i, name in enumerate(others, 1)
    )

    def cells(measure: dict[str, Any]) -> str:
        found = {
            entry['checkpoint']: entry
            for entry in measure['differences']
            if entry['against'] == reference
        }
        return ''.join(
            _difference(found[name]) if name in found else '<td>–</td>' for name in others
        )

    return (
        '<section class="wide">\n'
        f'<h2>Against {escape(reference)}</h2>\n'
        '<p class="note">Differences in percentage points on the same videos, with 95&nbsp;% '
        'intervals of the paired difference. Bold where the interval leaves out zero.</p>\n'
        + _grouped(report, heads, len(names), cells)
        + '\n</section>'
    )


def _difference(entry: dict[str, Any]) -> str:
    clear = ' class="clear"' if entry['low'] > 0 or entry['high'] < 0 else ''
    interval = f'{points(entry["low"])} to {points(entry["high"])}'
    return f'<td{clear}>{points(entry["value"])}<small>{interval}</small></td>'


def _grouped(
    report: dict[str, Any], heads: str, columns: int, cells: Callable[[dict[str, Any]], str]
) -> str:
    rows = []
    measures = groupby(report['measures'], key=lambda m: words_for(m['name']).group)
    for group, members in measures:
        rows.append(f'<tr class="group"><th colspan="{columns}">{escape(group)}</th></tr>')
        for measure in members:
            words = words_for(measure['name'])
            title = f'<a href="#{_anchor(measure["name"])}">{escape(words.title)}</a>'
            title += f'&nbsp;{ARROWS.get(measure["better"], "")}'
            rows.append(f'<tr><th scope="row">{title}</th>{cells(measure)}</tr>')
    return (
        f'<div class="scroll"><table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n'
        + '\n'.join(rows)
        + '\n</tbody></table></div>'
    )


def _meanings(report: dict[str, Any]) -> str:
    parts = []
    for group, members in groupby(report['measures'], lambda m: words_for(m['name']).group):
        parts.append(f'<dt class="group">{escape(group)}</dt>')
        for measure in members:
            words, better = words_for(measure['name']), BETTER.get(measure['better'], '')
            sentence = words.sentence + (f' {better.capitalize()}.' if better else '')
            parts.append(
                f'<dt id="{_anchor(measure["name"])}">{escape(words.title)}</dt>'
                f'<dd>{escape(sentence)}</dd>'
            )
    return '\n'.join(parts)


def _anchor(name: str) -> str:
    return re.sub(r'[^a-z0-9]+', '-', name.lower())


def _probes(samples: Sequence[Sample], names: list[str]) -> str:
    parts = []
    for probe, members in groupby(samples, key=lambda sample: sample.probe):
        figures = ''.join(_figure(sample, names) for sample in members)
        parts.append(f'<h3>{escape(probe_title(probe))}</h3>\n<div class="clips">{figures}</div>')
    return '\n'.join(parts)


def _figure(sample: Sample, names: list[str]) -> str:
    moving, still = moving_picture(sample.clip)
    height, width = sample.clip.shape[1:3]
    words = clip_title(sample.probe, sample.label, sample.partner)
    verdicts = ''.join(
        f'<li>{_mark(index)}&nbsp;{_verdict(answer == sample.label)} {escape(answer)}</li>'
        for index, answer in enumerate(sample.answers[: len(names)])
    )
    small = ' class="small"' if max(height, width) < SMALL else ''
    return (
        '<figure><picture>'
        f'<source srcset="{still}" media="(prefers-reduced-motion: reduce)">'
        f'<img src="{moving}" width="{width}" height="{height}" loading="lazy"{small} '
        f'alt="{escape(probe_title(sample.probe))}: {escape(words)}"></picture>'
        f'<figcaption>{escape(words)}<ul>{verdicts}</ul></figcaption></figure>'
    )


def _verdict(right: bool) -> str:
    return '<span class="right">✓</span>' if right else '<span class="wrong">✗</span>'
