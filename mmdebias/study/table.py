"""The study's table and plot."""

import itertools
import statistics
from pathlib import Path
from typing import Any

from matplotlib import color_sequences
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from mmdebias.datasets.toy import CLASSES

from .recipe import REFERENCES, ROWS

MOCO = 'moco'
# Marks of clear gains and losses: over the row's own baseline, and over MoCo.
MARKS = {'own': ('▲', '▼'), 'moco': ('△', '▽')}
# What the table shows of a run, and which way a debiasing method should move it.
COLUMNS = {
    'motion_probe': ('motion, probe', 1),
    'motion_retrieval': ('motion, R@1', 1),
    'scene_probe': ('scene, probe', -1),
    'scene_retrieval': ('scene, R@1', -1),
}
# Of tools/analysis/sensitivity.py: what moves the features.
FELT_COLUMNS = {'scene_against_motion': ('scene against motion', -1)}
# Of the bias report: right on stripes behind the actor, on one frame, and with no actor at all.
BIAS_COLUMNS = {
    'bias:scuba_stripes/accuracy': ('motion on stripes', 1),
    'bias:static_frame/accuracy': ('motion, one frame', 0),
    'bias:background_only/accuracy': ('motion, no actor', 0),
}
# Eighteen, as there are more rows than ten; with numbers, as the eye does not tell so many apart.
COLOURS = (*color_sequences['tab10'], *color_sequences['Dark2'])


def average_runs(results: list[dict]) -> list[dict]:
    """Return a row a method: each measure's mean, spread and values, and how far it beats others.

    A row is compared with the baseline of its own recipe (``own``) and with MoCo (``moco``). It is
    clearly better than one of them if all of its seeds lie beyond all of the other's, on the side
    where they should: of two methods that are equal, five seeds of each do that once in 252 times.
    References are not compared.
    """
    measures = {**COLUMNS, **FELT_COLUMNS, **BIAS_COLUMNS}
    found: dict[str, dict[str, list[float]]] = {}
    for result in results:
        row = found.setdefault(result['method'], {name: [] for name in measures if name in result})
        for name, values in row.items():
            values.append(result[name])
    rows = []
    for method, row in found.items():
        others = {} if method in REFERENCES else dict(own=ROWS[method].baseline, moco=MOCO)
        cells = {}
        for name, values in row.items():
            cells[name] = summarise(values)
            beside = {
                key: found[other][name]
                for key, other in others.items()
                if other in found and other != method and name in found[other]
            }
            if sign := measures[name][1]:
                cells[name] |= {key: compare(values, v, sign) for key, v in beside.items()}
        rows.append(dict(method=method, label=ROWS[method].label, measures=cells))
    return rows


def summarise(values: list[float]) -> dict[str, Any]:
    """Return mean and spread of a measure over seeds."""
    spread = statistics.stdev(values) if len(values) > 1 else None
    return dict(mean=statistics.mean(values), std=spread, values=values)


def compare(values: list[float], others: list[float], sign: int) -> dict[str, Any]:
    """Return the gain in the mean over another row and, from three seeds on, whether it is clear.

    Args:
        values: Of the row, a seed each.
        others: Of the other row.
        sign: 1 where more is better, -1 where less is.
    """
    gain = statistics.mean(values) - statistics.mean(others)
    gaps = [sign * (a - b) for a, b in itertools.product(values, others)]
    clear = 'better' if min(gaps) > 0 else 'worse' if max(gaps) < 0 else 'no'
    return dict(gain=gain, **(dict(clear=clear) if min(len(values), len(others)) > 2 else {}))


def render_markdown(study: dict) -> str:
    """Return the table."""
    rows, setting = study['rows'], study['setting']
    known = {**COLUMNS, **FELT_COLUMNS, **BIAS_COLUMNS}
    names = [name for name in known if any(name in row['measures'] for row in rows)]
    titles = [known[name][0] for name in names]
    told = study.get('shortcuts', {})
    if any(told.values()):
        titles.append('told without motion')
    lines = ['| | ' + ' | '.join(titles) + ' |', '|---' * (len(titles) + 1) + '|']
    for row in rows:
        cells = [cell_text(row['measures'].get(name)) for name in names]
        if any(told.values()):
            cells.append(shortcut_text(told.get(row['method'])))
        label = f'*{row["label"]}*' if row['method'] in REFERENCES else row['label']
        lines.append(f'| {label} | ' + ' | '.join(cells) + ' |')
    versions = ', '.join(f'{name} {version}' for name, version in setting['versions'].items())
    lines += [
        '',
        f'Top-1 in %, mean ± standard deviation over seeds {setting["seeds"]}; chance is '
        f"{100 * setting['chance']:.1f}. ▲: every seed above every seed of the row's own baseline, "
        '▼: below; △▽: of MoCo. Scene against motion: of the way that features move, the share '
        'with another scene. Told without motion: what a small 2-D net, of single frames or of '
        "differences of two, gets right of what the row's task asks of clips that hold no answer, "
        'where it is told best, and chance; bold where its interval lies above that. '
        f'{setting["device"]}, {setting["cores"]} cores, {setting["date"]}; {versions}.',
    ]
    return '\n'.join(lines) + '\n'


def cell_text(cell: dict | None) -> str:
    """Return a measure of the table."""
    if cell is None:
        return ''
    spread = '' if cell['std'] is None else f' ± {100 * cell["std"]:.1f}'
    marks = ''.join(
        up if cell[key]['gain'] > 0 else down
        for key, (up, down) in MARKS.items()
        if cell.get(key, {}).get('clear', 'no') != 'no'
    )
    return f'{100 * cell["mean"]:.1f}{spread} {marks}'.rstrip()


def shortcut_text(answer: dict | None) -> str:
    """Return what is told best of clips without an answer, of Answer.to_dict; bold: a shortcut."""
    if answer is None:
        return ''
    text = f'{100 * answer["right"]:.1f} of {100 * answer["chance"]:.0f}'
    return f'**{text}**' if answer['is_shortcut'] else text


def draw(rows: list[dict], path: Path) -> None:
    """Draw scene against motion: a point a run, a number a method; references are far off."""
    figure = Figure(figsize=(7.6, 4.4), layout='constrained')
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    chance = 100 / len(CLASSES)
    axes.axhline(chance, color='0.8', linewidth=1, zorder=0)
    shown = [row for row in rows if row['method'] not in REFERENCES] or rows
    for number, row in enumerate(shown):
        x, y = (
            [100 * value for value in row['measures'][name]['values']]
            for name in ('scene_probe', 'motion_probe')
        )
        colour = COLOURS[number % len(COLOURS)]
        axes.scatter(x, y, color=colour, s=14, alpha=0.6, linewidths=0)
        middle = statistics.mean(x), statistics.mean(y)
        axes.scatter(
            *middle, color=colour, s=70 if number < 9 else 110, label=row['label'],
            marker=f'$\\mathbf{{{number + 1}}}$',
        )  # fmt: skip
    axes.set(xlabel='scene, linear probe (%)', ylabel='motion, linear probe (%)')
    axes.set_title('Frozen features; grey: chance of the motion; a dot a seed', fontsize=9)
    figure.legend(fontsize=8, frameon=False, loc='outside right upper')
    figure.savefig(path, dpi=110)
