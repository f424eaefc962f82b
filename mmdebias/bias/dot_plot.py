"""The measures of a bias report as dots with intervals, drawn for a narrow page."""

import io
import re
from html import escape
from typing import Any

from .wording import words_for

# What tells checkpoints apart beside colour: matplotlib's marker and the same as a character.
MARKERS = (('o', '●'), ('s', '■'), ('^', '▲'), ('D', '◆'), ('v', '▼'), ('P', '✚'))
COLOURS = 6
MOST_DRAWN = 24  # models: more dots in a row than these tell nothing to the eye

# Matplotlib wants colours; the page's style decides them, for light and dark. Unlikely ones stand
# for the style's variables until the drawing is done.
INK, MUTED, RULE = '#010101', '#020202', '#030303'
VARIABLES = {INK: '--ink', MUTED: '--muted', RULE: '--rule'}
VARIABLES |= {f'#0401{index:02}': f'--c{index}' for index in range(COLOURS)}

WIDTH = 4.2  # inches: a phone shows it at about its own size
LINE, LABEL, HEADING = 0.125, 0.2, 0.26  # inches: a dot's line, a measure's title, a group's
TALLEST = 8.0  # inches of a drawing: a sheet of paper holds it at its own size
AXIS = 0.25  # inches, for the numbers above and below

Row = tuple[str | None, dict[str, Any], float]
"""A heading (None if the group goes on), a measure, and its top in inches."""


def marker(index: int) -> tuple[str, str]:
    """Return the marker of a model, matplotlib's and as a character.

    With its colour, ``index % COLOURS``, it is another for each of 36 models.
    """
    return MARKERS[(index + index // COLOURS) % len(MARKERS)]


def dot_plot(report: dict[str, Any]) -> str:
    """Draw every measure of every checkpoint, of the first 24, as inline SVG, one below the other.

    Args:
        report: Of :func:`mmdebias.bias.numbers.put_together`.

    Returns:
        One ``<svg>`` or more, none higher than a sheet of paper. Their colours are the variables
        ``--ink``, ``--muted``, ``--rule`` and ``--c0`` to ``--c5`` of the page, and their text is
        in the page's font.
    """
    names = [entry['name'] for entry in report['checkpoints']][:MOST_DRAWN]
    measures = [_drawn(measure, names) for measure in report['measures']]
    parts = [dict(report, measures=part) for part in _pages(measures)]
    return '\n'.join(
        _drawing(part, names, number, number == len(parts) - 1) for number, part in enumerate(parts)
    )


def _pages(measures: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Return the measures of each drawing, as many as paper has room for."""
    pages: list[list[dict[str, Any]]] = [[]]
    for measure in measures:
        if pages[-1] and _layout(dict(measures=[*pages[-1], measure]))[1] > TALLEST:
            pages.append([])
        pages[-1].append(measure)
    return pages


def _drawing(report: dict[str, Any], names: list[str], number: int, last: bool) -> str:
    # Agg and SVG draw without a screen, whatever backend the user's shell has chosen.
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    # What drawings refer to has names; those of one page must differ.
    style = {'svg.fonttype': 'none', 'svg.hashsalt': f'mmdebias{number}', 'font.size': 9}
    with rc_context(style):
        rows, height = _layout(report)
        figure = Figure(figsize=(WIDTH, height + 2 * AXIS), facecolor='none')
        FigureCanvasSVG(figure)
        whole = height + 2 * AXIS
        axes = figure.add_axes((0, AXIS / whole, 0.95, height / whole), facecolor='none')
        _draw(axes, report, rows, height)
        axes.tick_params(axis='x', labelbottom=last)  # above all, below the last alone
        buffer = io.StringIO()
        figure.savefig(buffer, format='svg', metadata=dict(Date=None, Creator=None))
    groups = ', '.join(dict.fromkeys(words_for(m['name']).group for m in report['measures']))
    words = (
        f'Dots with 95 % intervals, from 0 to 100 %, of {", ".join(names)}: {groups}. The table of '
        'the next section has the numbers.'
    )
    return _for_page(buffer.getvalue(), words)


def _drawn(measure: dict[str, Any], names: list[str]) -> dict[str, Any]:
    return dict(measure, values=[e for e in measure['values'] if e['checkpoint'] in names])


def _layout(report: dict[str, Any]) -> tuple[list[Row], float]:
    """Return the rows of the drawing, and its height in inches."""
    rows: list[Row] = []
    top, group = 0.0, ''
    for measure in report['measures']:
        words = words_for(measure['name'])
        heading = words.group if words.group != group else None
        group = words.group
        top += HEADING if heading else 0
        rows.append((heading, measure, top))
        top += LABEL + LINE * len(measure['values']) + 0.07
    return rows, top


def _draw(axes: Any, report: dict[str, Any], rows: list[Row], height: float) -> None:
    order = [entry['name'] for entry in report['checkpoints']]
    axes.set(xlim=(0, 100), ylim=(height, 0), xticks=range(0, 101, 25), yticks=[])
    axes.set_xticklabels(['0', '25', '50', '75', '100 %'])
    axes.tick_params(axis='x', length=0, labelcolor=MUTED, labeltop=True)
    for label in axes.get_xticklabels():
        label.set_horizontalalignment('left' if label.get_text() == '0' else 'center')
    for side in axes.spines.values():
        side.set_visible(False)
    for heading, measure, top in rows:
        words = words_for(measure['name'])
        if heading:
            axes.text(0, top - 0.05, heading, color=INK, fontweight='bold', va='bottom')
        arrow = dict(higher=' ↑', lower=' ↓').get(measure['better'], '')
        axes.text(0, top + LABEL - 0.06, words.title + arrow, color=MUTED, va='bottom')
        first = top + LABEL
        last = first + LINE * len(measure['values'])
        for tick in range(0, 101, 25):
            axes.plot(
                (tick, tick), (first, last), color=RULE, linewidth=0.7, zorder=0, clip_on=False
            )
        for line, value in enumerate(measure['values']):
            index = order.index(value['checkpoint'])
            y = first + LINE * (line + 0.5)
            colour = f'#0401{index % COLOURS:02}'
            low, middle, high = (100 * value[key] for key in ('low', 'value', 'high'))
            axes.plot((low, high), (y, y), color=colour, linewidth=1.4, clip_on=False)
            axes.plot(middle, y, marker(index)[0], color=colour, markersize=4.5, clip_on=False)
            if value['chance'] is not None:
                chance = 100 * value['chance']
                ends = (y - LINE / 2, y + LINE / 2)
                axes.plot((chance, chance), ends, color=MUTED, linewidth=0.9, linestyle=(0, (1, 1)))


def _for_page(svg: str, words: str) -> str:
    """Return the drawing alone, with the page's colours and font, as wide as its place."""
    svg = svg[svg.index('<svg') :]
    used = set(re.findall(r'#([\w-]+)', svg))
    svg = re.sub(r' id="([^"]+)"', lambda m: m[0] if m[1] in used else '', svg)
    svg = re.sub(r'<metadata>.*?</metadata>', '', svg, flags=re.DOTALL)
    svg = re.sub(r'(<svg[^>]*?) width="[^"]*"', r'\1', svg, count=1, flags=re.DOTALL)
    svg = re.sub(r'(<svg[^>]*?) height="[^"]*"', r'\1', svg, count=1, flags=re.DOTALL)
    svg = re.sub(r" ?'?DejaVu Sans'?[^;\"]*", ' inherit', svg)
    for colour, variable in VARIABLES.items():
        svg = svg.replace(colour, f'var({variable})')
    return svg.replace('<svg', f'<svg role="img" aria-label="{escape(words)}"', 1)
