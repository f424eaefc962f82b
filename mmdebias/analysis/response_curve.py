"""The response of models over time, above the video that they respond to."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from mmdebias.visualization.plots import PALETTE, REFERENCE, new_figure, save, tidy


def draw_response_curve(
    path: str | Path,
    moments: np.ndarray,
    curves: Mapping[str, np.ndarray],
    motion: np.ndarray,
    strips: Mapping[str, Sequence[np.ndarray]],
) -> Path:
    """Draw curves over time, and below them pictures at their moments (DSM, Fig. 5).

    Args:
        path: The picture to write; its folder is made.
        moments: ``[N]``, the middle of each window, in frames of the video.
        curves: ``{model: responses [N] in [0, 1]}``.
        motion: ``[N]`` in [0, 1], how much moves in each window.
        strips: ``{name: pictures}``: rows of pictures evenly spread over the windows, each
            ``[H, W, 3]`` in [0, 1], under the moments that they show.

    Returns:
        ``path``.
    """
    first = next(iter(strips.values()))
    side = 10.0 / len(first)
    ratio = first[0].shape[0] / first[0].shape[1]
    heights = [2.2] + [side * ratio] * len(strips)
    figure = new_figure(10.6, sum(heights) + 0.75)
    figure.get_layout_engine().set(w_pad=0.03, h_pad=0.02, wspace=0, hspace=0)
    grid = figure.add_gridspec(len(heights), len(first), height_ratios=heights)
    axis = figure.add_subplot(grid[0, :])
    axis.fill_between(moments, motion, color=REFERENCE, alpha=0.25, linewidth=0, label='motion')
    for colour, (name, curve) in zip(PALETTE * 9, curves.items()):
        axis.plot(moments, curve, color=colour, linewidth=1.8, label=name)
    # Pictures stand below the middle of their share of the axis.
    axis.set_xlim(moments[0], max(moments[-1], moments[0] + 1))
    axis.set_ylim(-0.03, 1.05)
    axis.set_xlabel('middle of the window, in frames', fontsize=8)
    axis.set_ylabel('response, scaled', fontsize=9)
    tidy(axis)
    axis.legend(fontsize=8, ncols=len(curves) + 1, loc='lower center', bbox_to_anchor=(0.5, 1.0))
    axis.get_legend().set_frame_on(False)
    for row, (name, pictures) in enumerate(strips.items(), start=1):
        for column, picture in enumerate(pictures):
            small = figure.add_subplot(grid[row, column])
            small.imshow(picture, interpolation='nearest')
            small.set(xticks=[], yticks=[])
            if column == 0:
                small.set_ylabel(name, fontsize=8)
    return save(figure, path)
