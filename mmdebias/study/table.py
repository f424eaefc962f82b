"""The study's table and plot."""

import itertools
import statistics
from pathlib import Path
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from mmdebias.datasets.toy import CLASSES

from .recipe import REFERENCES, ROWS

BASELINE = 'moco'
# What the table shows of a run, and which way a debiasing method should move it.
COLUMNS = {
    'motion_probe': ('motion, probe', 1),
    'motion_retrieval': ('motion, R@1', 1),
    'scene_probe': ('scene, probe', -1),
    'scene_retrieval': ('scene, R@1', -1),
}
# Of the bias report: right on stripes behind the actor, on one frame, and with no actor at all.
BIAS_COLUMNS = {
    'bias:scuba_stripes/accuracy': ('motion on stripes', 1),
    'bias:static_frame/accuracy': ('motion, one frame', 0),
    'bias:background_only/accuracy': ('motion, no actor', 0),
}


def average_runs(results: list[dict]) -> list[dict]:
    """Return a row a method: each measure's mean, spread and values, and whether it beats MoCo's.

    It does clearly if all of its seeds lie beyond all of MoCo's, on the side where they should. Of
    two methods that are equal, three seeds of each do that once in twenty times. References are not
    compared.
    """
    measures = {**COLUMNS, **BIAS_COLUMNS}
    found: dict[str, dict[str, list[float]]] = {}
    for result in results:
        row = found.setdefault(result['method'], {name: [] for name in measures if name in result})
        for name, values in row.items():
            values.append(result[name])

    def find_baseline(method: str) -> dict[str, list[float]]:
        return {} if method in REFERENCES else found.get(BASELINE, {})

    return [
        dict(
            method=method,
            label=ROWS[method].label,
            measures={
                name: format_cell(values, find_baseline(method).get(name), measures[name][1])
                for name, values in row.items()
            },
        )
        for method, row in found.items()
    ]


def format_cell(values: list[float], baseline: list[float] | None, sign: int) -> dict:
    """Return mean and spread of a measure over seeds, and where it lies beside the baseline's."""
    spread = statistics.stdev(values) if len(values) > 1 else None
    cell: dict[str, Any] = dict(mean=statistics.mean(values), std=spread, values=values)
    if baseline and values != baseline and sign:
        cell['gain'] = cell['mean'] - statistics.mean(baseline)
        gaps = [sign * (a - b) for a, b in itertools.product(values, baseline)]
        if min(len(values), len(baseline)) > 2:
            cell['clear'] = 'better' if min(gaps) > 0 else 'worse' if max(gaps) < 0 else 'no'
    return cell


def render_markdown(study: dict) -> str:
    """Return the table."""
    rows, setting = study['rows'], study['setting']
    known = {**COLUMNS, **BIAS_COLUMNS}
    names = [name for name in known if any(name in row['measures'] for row in rows)]
    lines = [
        '| | ' + ' | '.join(known[name][0] for name in names) + ' |',
        '|---' * (len(names) + 1) + '|',
    ]
    for row in rows:
        cells = [cell_text(row['measures'].get(name)) for name in names]
        label = f'*{row["label"]}*' if row['method'] in REFERENCES else row['label']
        lines.append(f'| {label} | ' + ' | '.join(cells) + ' |')
    versions = ', '.join(f'{name} {version}' for name, version in setting['versions'].items())
    lines += [
        '',
        f'Top-1 in %, mean ± standard deviation over seeds {setting["seeds"]}; chance is '
        f'{100 * setting["chance"]:.1f}. ▲: every seed above every seed of MoCo, ▼: below. '
        f'{setting["device"]}, {setting["cores"]} cores, {setting["date"]}; {versions}.',
    ]
    return '\n'.join(lines) + '\n'


def cell_text(cell: dict | None) -> str:
    """Return a measure of the table."""
    if cell is None:
        return ''
    spread = '' if cell['std'] is None else f' ± {100 * cell["std"]:.1f}'
    mark = '' if cell.get('clear') in (None, 'no') else ' ▲' if cell['gain'] > 0 else ' ▼'
    return f'{100 * cell["mean"]:.1f}{spread}{mark}'


def draw(rows: list[dict], path: Path) -> None:
    """Draw scene against motion: a point a run, a cross a method; references are far off."""
    figure = Figure(figsize=(6.4, 4.6), layout='constrained')
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
        colour = f'C{number}'
        axes.scatter(x, y, color=colour, s=14, alpha=0.6, linewidths=0)
        middle = statistics.mean(x), statistics.mean(y)
        axes.scatter(*middle, color=colour, s=70, marker='+', label=row['label'])
    axes.set(xlabel='scene, linear probe (%)', ylabel='motion, linear probe (%)')
    axes.set_title('Frozen features; grey: chance of the motion; a dot a seed', fontsize=9)
    axes.legend(fontsize=8, frameon=False)
    figure.savefig(path, dpi=110)
