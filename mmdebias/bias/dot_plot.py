"""The measures of a bias report as dots with intervals, drawn for a narrow page."""

import io
import re
from typing import Any

from .wording import words_for

# What tells checkpoints apart beside colour: matplotlib's marker and the same as a character.
MARKERS = (('o', '●'), ('s', '■'), ('^', '▲'), ('D', '◆'), ('v', '▼'), ('P', '✚'))
COLOURS = 6

# Matplotlib wants colours; the page's style decides them, for light and dark. Unlikely ones stand
# for the style's variables until the drawing is done.
INK, MUTED, RULE = '#010101', '#020202', '#030303'
VARIABLES = {INK: '--ink', MUTED: '--muted', RULE: '--rule'}
VARIABLES |= {f'#0401{index:02}': f'--c{index}' for index in range(COLOURS)}

WIDTH = 4.2  # inches: a phone shows it at about its own size
LINE, LABEL, HEADING = 0.125, 0.2, 0.26  # inches: a dot's line, a measure's title, a group's
AXIS = 0.25  # inches, for the numbers above and below

Row = tuple[str | None, dict[str, Any], float]
"""A heading (None if the group goes on), a measure, and its top in inches."""


def dot_plot(report: dict[str, Any]) -> str:
    """Draw every measure of every checkpoint as inline SVG.

    Args:
        report: Of :func:`mmdebias.bias.numbers.put_together`.

    Returns:
        An ``<svg>`` whose colours are the variables ``--ink``, ``--muted``, ``--rule`` and
        ``--c0`` to ``--c5`` of the page, and whose text is in the page's font.
    """
    # Agg and SVG draw without a screen, whatever backend the user's shell has chosen.
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    style = {'svg.fonttype': 'none', 'svg.hashsalt': 'mmdebias', 'font.size': 9}
    with rc_context(style):
        rows, height = _layout(report)
        figure = Figure(figsize=(WIDTH, height + 2 * AXIS), facecolor='none')
        FigureCanvasSVG(figure)
        whole = height + 2 * AXIS
        axes = figure.add_axes((0, AXIS / whole, 0.95, height / whole), facecolor='none')
        _draw(axes, report, rows, height)
        buffer = io.StringIO()
        figure.savefig(buffer, format='svg', metadata=dict(Date=None, Creator=None))
    return _for_page(buffer.getvalue())


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
            marker = MARKERS[index % len(MARKERS)][0]
            axes.plot(middle, y, marker, color=colour, markersize=4.5, clip_on=False)
            if value['chance'] is not None:
                chance = 100 * value['chance']
                ends = (y - LINE / 2, y + LINE / 2)
                axes.plot((chance, chance), ends, color=MUTED, linewidth=0.9, linestyle=(0, (1, 1)))


def _for_page(svg: str) -> str:
    """Return the drawing alone, with the page's colours and font, as wide as its place."""
    svg = svg[svg.index('<svg') :]
    svg = re.sub(r'<metadata>.*?</metadata>', '', svg, flags=re.DOTALL)
    svg = re.sub(r'(<svg[^>]*?) width="[^"]*"', r'\1', svg, count=1, flags=re.DOTALL)
    svg = re.sub(r'(<svg[^>]*?) height="[^"]*"', r'\1', svg, count=1, flags=re.DOTALL)
    svg = re.sub(r" ?'?DejaVu Sans'?[^;\"]*", ' inherit', svg)
    for colour, variable in VARIABLES.items():
        svg = svg.replace(colour, f'var({variable})')
    return svg.replace('<svg', '<svg role="img" aria-label="Dots with intervals; the table has '
                       'the same numbers"', 1)  # fmt: skip
