"""Sensitivities of encoders, as dots with intervals."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mmdebias.visualization.plots import PALETTE, new_figure, save, tidy

MARKERS = 'osD^vPX'


def draw_sensitivity(path: str | Path, models: Mapping[str, Mapping[str, Any]]) -> Path:
    """Draw a row for each change, with a dot and its interval for each model.

    Args:
        path: The picture to write; its folder is made.
        models: ``{name: {change: {'share': ..., 'low': ..., 'high': ...}}}``, the same changes in
            each: distances as shares of that to another video.

    Returns:
        ``path``.
    """
    changes = list(next(iter(models.values())))
    figure = new_figure(6.4, 0.24 * len(changes) * max(len(models), 2) ** 0.5 + 1.2)
    axis = figure.add_subplot()
    step = 0.7 / len(models)
    for number, (name, felt) in enumerate(models.items()):
        colour = PALETTE[number % len(PALETTE)]
        rows = [row + (number - (len(models) - 1) / 2) * step for row in range(len(changes))]
        middle, low, high = (
            [100 * felt[change][key] for change in changes] for key in ('share', 'low', 'high')
        )
        axis.hlines(rows, low, high, color=colour, linewidth=1.4)
        marker = MARKERS[number % len(MARKERS)]
        axis.plot(middle, rows, marker, color=colour, markersize=4.5, label=name)
    axis.axvline(100, color='#767676', linewidth=1, linestyle=(0, (2, 2)), zorder=0)
    axis.set_yticks(range(len(changes)), changes)
    axis.set_ylim(len(changes) - 0.5, -0.5)
    axis.set_xlim(left=0)
    axis.set_xlabel('how far the embedding moves, in % of the way to another video', fontsize=8.5)
    tidy(axis)
    axis.grid(False, axis='y')
    for between in range(1, len(changes)):
        axis.axhline(between - 0.5, color='#eeeeee', linewidth=0.7, zorder=0)
    axis.legend(
        fontsize=8.5, frameon=False, ncols=min(len(models), 2), loc='lower center',
        bbox_to_anchor=(0.5, 1),
    )  # fmt: skip
    return save(figure, path)
