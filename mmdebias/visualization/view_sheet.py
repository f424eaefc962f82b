"""The views of a video as a sheet of frames and as a film."""

from pathlib import Path

import cv2
import numpy as np
from torch import Tensor

from .pictures import new_sheet, to_pictures


def draw_view_sheet(
    path: str | Path, views: dict[str, Tensor], titles: list[str] | None = None, frames: int = 4
) -> Path:
    """Draw frames of each view, one row a video.

    Args:
        path: The picture to write; its folder is made.
        views: ``{name: [N, 3, T, H, W]}``, uint8 or float in [0, 1]; views may differ in T.
        titles: A short name for each row.
        frames: Frames shown of a view, evenly spread; all of a shorter one.

    Returns:
        ``path``.
    """
    columns = []
    for name, clips in views.items():
        pictures = to_pictures(clips)
        length = pictures.shape[1]
        moments = np.linspace(0, length - 1, min(frames, length)).round().astype(int)
        columns += [(f'{name} {t}', pictures[:, t]) for t in moments]
    return new_sheet(path, columns, titles)


def write_view_film(path: str | Path, views: dict[str, Tensor], fps: float = 8.0) -> Path:
    """Write the views of one video side by side as an .mp4.

    Args:
        path: The film to write; its folder is made.
        views: ``{name: [3, T, H, W]}``, uint8 or float in [0, 1], of one height; shorter views
            start again.
        fps: Frames a second.

    Returns:
        ``path``.

    Raises:
        OSError: openCV cannot write there.
    """
    films = [(to_pictures(clip[None])[0] * 255).round().astype(np.uint8) for clip in views.values()]
    length = max(map(len, films))
    wide = np.concatenate([film[np.arange(length) % len(film)] for film in films], axis=2)
    # Codecs want even sides.
    wide = wide[:, : wide.shape[1] // 2 * 2, : wide.shape[2] // 2 * 2]
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    size = (wide.shape[2], wide.shape[1])
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*'mp4v'), fps, size)
    if not writer.isOpened():
        raise OSError(f'{path} cannot be written: OpenCV found no way to encode an .mp4 there.')
    for frame in wide:
        writer.write(np.ascontiguousarray(frame[..., ::-1]))
    writer.release()
    return path
