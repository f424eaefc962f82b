"""Scatter plots of what motion, or a method, gains in each class."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mmdebias.evaluation.static_gain import Correlation

from .plots import PALETTE, REFERENCE, new_figure, save, tidy

# More names than this would lie over one another.
MOST_NAMES = 12


class GainPanel(NamedTuple):
    """One scatter plot."""

    static: np.ndarray
    """Accuracy ``[K]`` in [0, 1], x."""
    gain: np.ndarray
    """Relative gain ``[K]``, y; NaN where it is not defined."""
    correlation: Correlation
    x: str
    y: str


def draw_gains(
    path: str | Path, panels: Mapping[str, GainPanel], classes: Sequence[str] | None = None
) -> Path:
    """Draw a panel a model, a dot a class (DSM Fig. 1, BE Fig. 4).

    The line is no gain. Classes without a defined gain stand as crosses on the lower edge.

    Args:
        path: The picture to write; its folder is made.
        panels: ``{title: panel}``.
        classes: Names of the classes, written beside the dots if they are few.

    Returns:
        ``path``.
    """
    figure = new_figure(4.1 * len(panels) + 0.2, 3.7)
    axes = figure.subplots(1, len(panels), squeeze=False)[0]
    for axis, colour, (title, panel) in zip(axes, PALETTE * 9, panels.items()):
        x, y = 100 * panel.static, 100 * panel.gain
        known = np.isfinite(x) & np.isfinite(y)
        axis.axhline(0, color=PALETTE[1], linewidth=1.4)
        axis.scatter(
            x[known], y[known], s=34, color=colour, linewidth=0.6, edgecolor='white'
        )  # fmt: skip
        axis.margins(0.12)
        tidy(axis)
        lost = np.isfinite(x) & ~known
        if lost.any():
            bottom = axis.get_xaxis_transform()
            axis.scatter(
                x[lost], np.full(lost.sum(), 0.03), transform=bottom, marker='x', s=24,
                color=REFERENCE, label=f'gain not defined: {lost.sum()}',
            )  # fmt: skip
            axis.legend(fontsize=7.5, frameon=False, loc='upper right')
        if classes is not None and len(classes) <= MOST_NAMES:
            for index in np.flatnonzero(known):
                axis.annotate(
                    classes[index], (x[index], y[index]), xytext=(4, 3), fontsize=7,
                    textcoords='offset points', color='#444444',
                )  # fmt: skip
        axis.set_title(f'{title}\n{panel.correlation}', fontsize=9)
        axis.set_xlabel(panel.x, fontsize=8.5)
        axis.set_ylabel(panel.y, fontsize=8.5)
    return save(figure, path)
