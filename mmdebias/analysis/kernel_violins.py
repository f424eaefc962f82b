"""How the weights of temporal convolutions are spread, layer by layer."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from mmdebias.visualization.plots import PALETTE, new_figure, save, tidy

# A violin needs no more of a layer's weights: evenly spaced quantiles of them, and the thousandth
# part at each end left out, which would stretch the axis.
POINTS, TAIL = 2000, 1e-3


def draw_kernel_violins(
    path: str | Path, models: Mapping[str, Mapping[str, np.ndarray]], title: str = ''
) -> Path:
    """Draw a violin for each layer and model (FAME, Fig. 3), models from left to right.

    A violin shows the middle 99.8 % of a layer's weights; the line in it is their standard
    deviation to both sides of the mean.

    Args:
        path: The picture to write; its folder is made.
        models: ``{name: {layer: weights}}`` with the same layers in each.
        title: Above the plot.

    Returns:
        ``path``.
    """
    layers = list(next(iter(models.values())))
    figure = new_figure(max(5.0, 0.62 * len(layers) + 1.2), 3.6)
    axis = figure.add_subplot()
    width = 0.84 / len(models)
    for place, (colour, (name, kernels)) in enumerate(zip(PALETTE * 9, models.items())):
        where = np.arange(len(layers)) + (place - (len(models) - 1) / 2) * width
        spread = [np.quantile(kernels[n], np.linspace(TAIL, 1 - TAIL, POINTS)) for n in layers]
        parts = axis.violinplot(spread, where, widths=0.95 * width, showextrema=False)
        for body in parts['bodies']:
            body.set(facecolor=colour, edgecolor=colour, alpha=0.55, linewidth=0.6)
        mean, std = (
            np.array([f(kernels[layer]) for layer in layers]) for f in (np.mean, np.std)
        )  # fmt: skip
        axis.vlines(where, mean - std, mean + std, color=colour, linewidth=1.4, label=name)
    axis.set_xticks(range(len(layers)), [_short(n) for n in layers], rotation=40, ha='right')
    axis.set_xlim(-0.6, len(layers) - 0.4)
    axis.set_ylabel('weight', fontsize=9)
    tidy(axis)
    axis.grid(False, axis='x')
    axis.legend(
        fontsize=8.5, frameon=False, ncols=len(models), loc='lower center', bbox_to_anchor=(0.5, 1)
    )  # fmt: skip
    if title:
        axis.set_title(title, fontsize=9, pad=24)
    return save(figure, path)


def _short(layer: str) -> str:
    return layer.removesuffix('.weight').removesuffix('.conv.conv_t').removesuffix('.conv')
