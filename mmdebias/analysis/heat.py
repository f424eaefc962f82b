"""Drawing activation maps over frames."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from mmdebias.visualization.pictures import to_pictures
from mmdebias.visualization.view_sheet import write_view_film

# Perceptually even and safe for colour-blind readers, unlike the papers' rainbow.
COLOURS = 'inferno'
# On a film, frames of small clips are shown at this height or more.
LEAST_HEIGHT = 192


def overlay(clips: Tensor, heat: Tensor, alpha: float = 0.55) -> np.ndarray:
    """Lay heat in colours over frames in grey: both stay readable.

    Args:
        clips: ``[N, 3, T, H, W]``, uint8 or float in [0, 1].
        heat: ``[N, T, H, W]`` in [0, 1].
        alpha: Share of the heat, in [0, 1].

    Returns:
        ``[N, T, H, W, 3]`` in [0, 1].
    """
    from matplotlib import colormaps

    grey = to_pictures(clips) @ np.array([0.299, 0.587, 0.114], dtype=np.float32)
    coloured = colormaps[COLOURS](heat.numpy())[..., :3]
    return (1 - alpha) * grey[..., None] + alpha * coloured


def draw_heat_sheet(
    path: str | Path,
    columns: Sequence[str],
    rows: Mapping[str, Sequence[np.ndarray]],
    notes: Mapping[str, Sequence[str]] | None = None,
    outlines: Mapping[str, Sequence[np.ndarray | None]] | None = None,
) -> Path:
    """Draw a table of pictures: a row for frames and one for each model, a column for each frame.

    Args:
        path: The picture to write; its folder is made.
        columns: Headings.
        rows: ``{name: pictures}``, each picture ``[H, W, 3]`` in [0, 1], a picture a column.
        notes: ``{name of a row: texts}``, what stands under its pictures.
        outlines: ``{name of a row: masks}``, the foreground bool ``[H, W]`` whose border is drawn
            into each of its pictures; None for none.

    Returns:
        ``path``.
    """
    # Agg draws without a screen, whatever backend the user's shell has chosen.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    notes, outlines = notes or {}, outlines or {}
    first = next(iter(rows.values()))
    widths = [picture.shape[1] / picture.shape[0] for picture in first]
    height = 1.5
    figure = Figure(
        figsize=(
            height * sum(widths) + 0.5,
            len(rows) * (height + 0.03) + 0.17 * len(notes) + 0.25,
        ),
    )
    figure.set_layout_engine('constrained', w_pad=0.02, h_pad=0.02, wspace=0, hspace=0)
    FigureCanvasAgg(figure)
    axes = figure.subplots(len(rows), len(columns), squeeze=False, width_ratios=widths)
    for row, (name, pictures) in enumerate(rows.items()):
        axes[row, 0].set_ylabel(name, fontsize=9)
        for column, picture in enumerate(pictures):
            axis = axes[row, column]
            axis.imshow(picture, interpolation='nearest')
            axis.set(xticks=[], yticks=[])
            if row == 0:
                axis.set_title(columns[column], fontsize=8)
            if name in notes:
                axis.set_xlabel(notes[name][column], fontsize=8, labelpad=2)
            mask = outlines[name][column] if name in outlines else None
            if mask is not None and mask.any() and not mask.all():
                axis.contour(mask.astype(float), [0.5], colors='white', linewidths=0.9)
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
    return path


def write_heat_film(
    path: str | Path, clip: Tensor, heats: Mapping[str, Tensor], fps: float = 8.0
) -> Path:
    """Write a clip and what each model sees in it side by side as an .mp4, with their names.

    Args:
        path: The film to write; its folder is made.
        clip: ``[3, T, H, W]``, uint8 or float in [0, 1].
        heats: ``{name: heat [T, H, W] in [0, 1]}``.
        fps: Frames a second.

    Returns:
        ``path``.

    Raises:
        OSError: openCV cannot write there.
    """
    films = {'video': to_pictures(clip[None])[0]}
    films |= {name: overlay(clip[None], heat[None])[0] for name, heat in heats.items()}
    return write_view_film(path, {n: _titled(film, n) for n, film in films.items()}, fps)


def _titled(film: np.ndarray, name: str) -> Tensor:
    """Return a film ``[T, H, W, 3]`` with its name above, as a clip ``[3, T, H', W']``."""
    scale = max(1, -(-LEAST_HEIGHT // film.shape[1]))
    size = (film.shape[2] * scale, film.shape[1] * scale)
    large = np.stack(
        [cv2.resize(f.astype(np.float32), size, interpolation=cv2.INTER_NEAREST) for f in film]
    )
    drawn = np.zeros((22, size[0], 3), np.uint8)  # OpenCV 5 writes on bytes alone
    cv2.putText(drawn, name, (4, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (255,) * 3, 1, cv2.LINE_AA)
    banner = np.broadcast_to(drawn.astype(np.float32) / 255, (len(large), *drawn.shape))
    large = np.concatenate([banner, large], axis=1)
    return torch.from_numpy(large).permute(3, 0, 1, 2)
