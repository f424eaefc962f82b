"""A figure of rows and columns of pictures."""

from pathlib import Path

import numpy as np
from torch import Tensor

from mmdebias.ops.clips import to_unit_float


def new_sheet(
    path: str | Path,
    columns: list[tuple[str, np.ndarray]],
    titles: list[str] | None = None,
    captions: list[list[str]] | None = None,
) -> Path:
    """Draw pictures in rows and columns.

    Args:
        path: The picture to write; its folder is made.
        columns: ``(heading, pictures)``, with pictures ``[N, H, W, 3]`` in [0, 1] from top to
            bottom.
        titles: A short name for each row.
        captions: What to write below each picture, row by row.

    Returns:
        ``path``.
    """
    # Agg draws without a screen, whatever backend the user's shell has chosen.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rows = len(columns[0][1])
    figure = Figure(figsize=(1.8 * len(columns), 1.9 * rows), layout='constrained')
    FigureCanvasAgg(figure)
    axes = figure.subplots(rows, len(columns), squeeze=False)
    for column, (heading, pictures) in enumerate(columns):
        axes[0, column].set_title(heading, fontsize=9)
        for row, picture in enumerate(pictures):
            axes[row, column].imshow(picture)
            axes[row, column].set(xticks=[], yticks=[])
    for row, title in enumerate(titles or []):
        axes[row, 0].set_ylabel(title, fontsize=7)
    for row, texts in enumerate(captions or []):
        for column, text in enumerate(texts):
            axes[row, column].set_xlabel(text, fontsize=7)
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
    return path


def to_pictures(clips: Tensor) -> np.ndarray:
    """Map ``[N, 3, T, H, W]``, uint8 or float in [0, 1], to ``[N, T, H, W, 3]`` in [0, 1]."""
    return to_unit_float(clips).permute(0, 2, 3, 4, 1).clamp(0, 1).float().cpu().numpy()


def shaded(pictures: np.ndarray, mask: Tensor) -> np.ndarray:
    """Return pictures ``[N, H, W, 3]``, dark outside the bool mask ``[N, H, W]``."""
    return np.where(mask.cpu().numpy()[..., None], pictures, pictures * 0.15)
