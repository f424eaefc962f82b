"""The tables of the page of a bias report."""

import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from itertools import groupby
from typing import Any

from .dot_plot import COLOURS, marker
from .markdown import comparison_note
from .wording import ARROWS, BETTER, number, points, words_for

Cells = Callable[[dict[str, Any]], str]
MOST = 100  # models that have tables of differences on the page


def mark(index: int) -> str:
    """Return the mark of a model, which stands beside its name: it is for the eye alone."""
    return (
        f'<span class="mark" aria-hidden="true" style="color:var(--c{index % COLOURS})">'
        f'{marker(index)[1]}</span>'
    )


def anchor(name: str) -> str:
    """Return the address of a measure's meaning on the page."""
    return re.sub(r'[^a-z0-9]+', '-', name.lower())


def numbers_table(report: dict[str, Any], names: Sequence[str]) -> str:
    """Return the table of all measures of all models.

    Args:
        report: Of :func:`mmdebias.bias.numbers.put_together`.
        names: Of its models.
    """
    heads = _heads([*enumerate(names)]) + '<th scope="col">chance</th><th scope="col">videos</th>'

    def cells(measure: dict[str, Any]) -> str:
        values = {entry['checkpoint']: entry for entry in measure['values']}
        chances = {entry['chance'] for entry in measure['values']}
        (chance,) = chances if len(chances) == 1 else (None,)
        row = [_value(values[name]) if name in values else '<td>–</td>' for name in names]
        row.append(f'<td class="muted">{"–" if chance is None else number(chance)}</td>')
        row.append(f'<td class="muted">{measure["videos"]:,}</td>')
        return ''.join(row)

    return _grouped(report['measures'], heads, len(names) + 3, cells, 'Measures in percent')


def differences_section(report: dict[str, Any], names: Sequence[str]) -> str:
    """Return the section of the models' differences from the first; '' where there is one only.

    Args:
        report: Of :func:`mmdebias.bias.numbers.put_together`.
        names: Of its models.
    """
    if not 2 <= len(names) <= MOST:
        return ''
    reference, others = names[0], names[1:]

    def cells(measure: dict[str, Any]) -> str:
        found = {
            entry['checkpoint']: entry
            for entry in measure['differences']
            if entry['against'] == reference
        }
        return ''.join(_difference(found.get(name)) for name in others)

    heads = _heads([*enumerate(names)][1:])
    title = f'Against {reference}'
    return (
        f'<section class="wide">\n<h2>{escape(title)}</h2>\n'
        '<p class="note">Differences in percentage points on the same videos, with 95&nbsp;% '
        'intervals of the paired difference. Bold where the interval leaves out zero.</p>\n'
        + _grouped(report['measures'], heads, len(names), cells, title)
        + '\n</section>'
    )


def comparison_section(report: dict[str, Any], names: Sequence[str]) -> str:
    """Return the section of the differences from a stored report; '' where there is none.

    Args:
        report: With ``comparison`` of :func:`mmdebias.bias.comparing.compare_reports`.
        names: Of its models.
    """
    comparison = report.get('comparison')
    if not comparison or len(names) > MOST:
        return ''
    pairs = dict(comparison['models'])
    shown = [(index, name) for index, name in enumerate(names) if name in pairs]

    def cells(measure: dict[str, Any]) -> str:
        found = {entry['checkpoint']: entry for entry in measure['differences']}
        return ''.join(_difference(found.get(name)) for _, name in shown)

    heads = _heads(shown, {n: f'since {p}' for n, p in pairs.items() if n != p})
    title = f'Against {comparison["file"]}'
    return (
        f'<section class="wide">\n<h2>{escape(title)}</h2>\n'
        f'<p class="note">{escape(comparison_note(comparison))} Bold where the interval leaves out '
        'zero.</p>\n'
        + _grouped(comparison['measures'], heads, len(shown) + 1, cells, title)
        + '\n</section>'
    )


def _heads(models: Sequence[tuple[int, str]], beneath: Mapping[str, str] | None = None) -> str:
    heads = '<td></td>'
    for index, name in models:
        small = (beneath or {}).get(name, '')
        small = f'<small>{escape(small)}</small>' if small else ''
        heads += f'<th scope="col">{mark(index)}&nbsp;{escape(name)}{small}</th>'
    return heads


def _value(entry: dict[str, Any]) -> str:
    interval = f'{number(entry["low"])}–{number(entry["high"])}'
    return f'<td>{number(entry["value"])}<small>{interval}</small></td>'


def _difference(entry: dict[str, Any] | None) -> str:
    if entry is None:
        return '<td>–</td>'
    clear = ' class="clear"' if entry['low'] > 0 or entry['high'] < 0 else ''
    star = '' if entry.get('paired', True) else '*'
    interval = f'{points(entry["low"])} to {points(entry["high"])}{star}'
    before = f'<small>was {number(entry["before"])}</small>' if 'before' in entry else ''
    return f'<td{clear}>{points(entry["value"])}<small>{interval}</small>{before}</td>'


def _grouped(
    measures: Sequence[dict[str, Any]], heads: str, columns: int, cells: Cells, caption: str
) -> str:
    bodies = []
    for group, members in groupby(measures, key=lambda m: words_for(m['name']).group):
        rows = [
            f'<tr class="group"><th scope="rowgroup" colspan="{columns}">{escape(group)}</th></tr>'
        ]
        for measure in members:
            title = escape(words_for(measure['name']).title)
            link = f'<a href="#{anchor(measure["name"])}">{title}</a>'
            rows.append(f'<tr><th scope="row">{link}{_arrow(measure)}</th>{cells(measure)}</tr>')
        bodies.append('<tbody>\n' + '\n'.join(rows) + '\n</tbody>')
    # What scrolls sideways must be within reach of the keyboard.
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(caption)}">\n<table>\n'
        f'<caption class="sr">{escape(caption)}</caption>\n<thead><tr>{heads}</tr></thead>\n'
        + '\n'.join(bodies)
        + '\n</table>\n</div>'
    )


def _arrow(measure: dict[str, Any]) -> str:
    if measure['better'] not in ARROWS:
        return ''
    return (
        f'&nbsp;<span aria-hidden="true">{ARROWS[measure["better"]]}</span>'
        f'<span class="sr">, {BETTER[measure["better"]]}</span>'
    )
