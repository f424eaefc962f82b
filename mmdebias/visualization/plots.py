"""Colours of the plots, and a figure that needs no screen."""

from pathlib import Path

# Okabe and Ito's palette, told apart by colour-blind readers: blue, vermilion, green, purple, …
PALETTE = ('#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', '#000000')
REFERENCE = '#767676'


def new_figure(width: float, height: float):  # noqa: ANN201  (Matplotlib is imported late)
    """Return an empty figure of so many inches."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout='constrained')
    # Agg draws without a screen, whatever backend the user's shell has chosen.
    FigureCanvasAgg(figure)
    return figure


def tidy(axis) -> None:  # noqa: ANN001
    """Take away the frame's upper and right line; a light grid behind."""
    axis.spines[['top', 'right']].set_visible(False)
    axis.grid(True, color='#e6e6e6', linewidth=0.7)
    axis.set_axisbelow(True)
    axis.tick_params(labelsize=8)


def save(figure, path: str | Path) -> Path:  # noqa: ANN001
    """Write a figure; its folder is made."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
    return path
