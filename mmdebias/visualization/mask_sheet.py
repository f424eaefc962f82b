"""A sheet of pictures: what FAME makes of some clips."""

from pathlib import Path

import numpy as np
from torch import Tensor

from mmdebias.ops.clips import to_unit_float


def draw_mask_sheet(
    path: str | Path, clips: Tensor, mask: Tensor, merged: Tensor, titles: list[str] | None = None
) -> Path:
    """Draw clips, their foreground masks and the merged clips, one row a clip.

    Columns: first, middle and last frame; the middle frame outside the mask darkened; first,
    middle and last merged frame.

    Args:
        path: The picture to write; its folder is made.
        clips: ``[N, 3, T, H, W]``, uint8 or float in [0, 1].
        mask: Bool ``[N, H, W]``.
        merged: The shape of ``clips``.
        titles: A short name for each row.

    Returns:
        ``path``.
    """
    # Agg draws without a screen, whatever backend the user's shell has chosen.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    clips, merged = _pictures(clips), _pictures(merged)
    shown = mask.cpu().numpy()[..., None]
    n, frames = clips.shape[:2]
    moments = [0, frames // 2, frames - 1]
    columns = [(f'frame {t}', clips[:, t]) for t in moments]
    middle = clips[:, frames // 2]
    columns.append(('foreground', np.where(shown, middle, middle * 0.15)))
    columns += [(f'merged {t}', merged[:, t]) for t in moments]

    figure = Figure(figsize=(1.8 * len(columns), 1.9 * n), layout='constrained')
    FigureCanvasAgg(figure)
    axes = figure.subplots(n, len(columns), squeeze=False)
    for column, (heading, pictures) in enumerate(columns):
        axes[0, column].set_title(heading, fontsize=9)
        for row in range(n):
            axes[row, column].imshow(pictures[row])
            axes[row, column].set(xticks=[], yticks=[])
    for row, title in enumerate(titles or []):
        axes[row, 0].set_ylabel(title, fontsize=7)
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
    return path


def _pictures(clips: Tensor) -> np.ndarray:
    """``[N, 3, T, H, W]`` to ``[N, T, H, W, 3]`` in [0, 1]."""
    return to_unit_float(clips).permute(0, 2, 3, 4, 1).clamp(0, 1).cpu().numpy()
