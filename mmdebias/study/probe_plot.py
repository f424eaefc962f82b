"""What is read from frozen features, as dots with intervals."""

from collections.abc import Mapping
from pathlib import Path

from mmdebias.bias import Interval
from mmdebias.datasets.toy import CLASSES
from mmdebias.visualization.plots import PALETTE, new_figure, save, tidy

ROWS = {
    'motion_probe': 'motion, linear classifier',
    'motion_retrieval': 'motion, nearest video',
    'scene_probe': 'scene, linear classifier',
    'scene_retrieval': 'scene, nearest video',
}


def draw_probes(path: str | Path, models: Mapping[str, Mapping[str, Interval]]) -> Path:
    """Draw a row for each way to read, with a dot and its interval for each model.

    Args:
        path: The picture to write; its folder is made.
        models: ``{name: what probe returned}``.

    Returns:
        ``path``.
    """
    figure = new_figure(6.4, 0.42 * len(ROWS) * max(len(models), 2) ** 0.5 + 1.1)
    axis = figure.add_subplot()
    step = 0.6 / len(models)
    for number, (name, read) in enumerate(models.items()):
        colour = PALETTE[number % len(PALETTE)]
        places = [row + (number - (len(models) - 1) / 2) * step for row in range(len(ROWS))]
        low, high = ([100 * getattr(read[row], end) for row in ROWS] for end in ('low', 'high'))
        middle = [100 * read[row].value for row in ROWS]
        axis.hlines(places, low, high, color=colour, linewidth=1.6)
        axis.plot(middle, places, 'o', color=colour, markersize=5, label=name)
        for value, place in zip(middle, places):
            axis.annotate(
                f'{value:.0f}', (value, place), (0, 4), textcoords='offset points', fontsize=7.5,
                ha='center', color=colour,
            )  # fmt: skip
    axis.axvline(100 / len(CLASSES), color='#767676', linewidth=1, linestyle=(0, (2, 2)), zorder=0)
    axis.set_yticks(range(len(ROWS)), ROWS.values())
    axis.set_ylim(len(ROWS) - 0.5, -0.5)
    axis.set_xlim(0, 100)
    axis.set_xlabel('right, in % of the test videos; dashed: chance', fontsize=8.5)
    tidy(axis)
    axis.grid(False, axis='y')
    axis.axhline(1.5, color='#cccccc', linewidth=0.7, zorder=0)
    axis.legend(
        fontsize=8.5, frameon=False, ncols=min(len(models), 3), loc='lower center',
        bbox_to_anchor=(0.5, 1),
    )  # fmt: skip
    return save(figure, path)
