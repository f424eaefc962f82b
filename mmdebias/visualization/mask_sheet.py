"""A sheet of pictures: what FAME makes of some clips."""

from pathlib import Path

from torch import Tensor

from .pictures import new_sheet, shaded, to_pictures


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
    before, after = to_pictures(clips), to_pictures(merged)
    frames = before.shape[1]
    moments = [0, frames // 2, frames - 1]
    columns = [(f'frame {t}', before[:, t]) for t in moments]
    columns.append(('foreground', shaded(before[:, frames // 2], mask)))
    columns += [(f'merged {t}', after[:, t]) for t in moments]
    return new_sheet(path, columns, titles)


def draw_mask_comparison(
    path: str | Path, clips: Tensor, masks: dict[str, Tensor], titles: list[str] | None = None
) -> Path:
    """Draw the middle frame of clips, and what each of several masks leaves of it.

    Args:
        path: The picture to write; its folder is made.
        clips: ``[N, 3, T, H, W]``, uint8 or float in [0, 1].
        masks: ``{heading: bool [N, H, W]}``, from left to right.
        titles: A short name for each row.

    Returns:
        ``path``.
    """
    middle = to_pictures(clips)[:, clips.shape[2] // 2]
    columns = [('frame', middle)]
    columns += [(name, shaded(middle, mask)) for name, mask in masks.items()]
    return new_sheet(path, columns, titles)
