"""Scatter plots of what motion, or a method, gains in each class."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mmdebias.visualization.plots import PALETTE, REFERENCE, new_figure, save, tidy

from .static_gain import Correlation

# More names than this would lie over one another.
MOST_NAMES = 12
# The y axis reaches this far to both sides, in %, so that no gain at all looks like none.
LEAST_SPAN = 5.0


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
        axis.set_xlim(-4, 104)
        axis.margins(y=0.14)
        low, high = axis.get_ylim()
        axis.set_ylim(min(low, -LEAST_SPAN), max(high, LEAST_SPAN))
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
            _name(axis, x[known], y[known], [classes[i] for i in np.flatnonzero(known)])
        axis.set_title(f'{title}\n{panel.correlation}', fontsize=9)
        axis.set_xlabel(panel.x, fontsize=8.5)
        axis.set_ylabel(panel.y, fontsize=8.5)
    return save(figure, path)


def _name(axis, x: np.ndarray, y: np.ndarray, names: Sequence[str]) -> None:  # noqa: ANN001
    """Write names beside dots: one for those that lie together, none where it would hide others."""
    written = []
    low, high = axis.get_ylim()
    dots: dict[tuple[float, float], list[str]] = {}
    for name, *place in zip(names, x.tolist(), y.tolist()):
        dots.setdefault(tuple(place), []).append(name)
    for place, here in sorted(dots.items(), key=lambda dot: -len(dot[1])):
        height = (place[1] - low) / (high - low)
        if any(abs(height - other) < 0.05 for other in written):
            continue
        written.append(height)
        to_left = place[0] > 50
        axis.annotate(
            here[0] if len(here) == 1 else f'{len(here)} classes', place, fontsize=7,
            xytext=(-5 if to_left else 5, 4), textcoords='offset points', color='#444444',
            ha='right' if to_left else 'left',
        )  # fmt: skip
