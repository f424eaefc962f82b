"""Finding and reading the foreground masks of a video."""

from pathlib import Path

import numpy as np

from .toy import load_masks


def find_masks(video: str | Path, folder: str | Path | None = None) -> Path | None:
    """The file with a video's masks, as ``tools/data/make_toy.py`` writes it.

    Args:
        video: The video.
        folder: Where masks are: ``<folder>/<video>.npz`` or, for videos in folders of their own,
            ``<folder>/<folder of the video>/<video>.npz``. None looks for the ``masks`` that stand
            beside the ``videos`` of a generated set.

    Returns:
        The file; None if no folder is given and the video is of no generated set.

    Raises:
        FileNotFoundError: the folder has no masks of this video.
    """
    video = Path(video)
    if folder is not None:
        name = f'{video.stem}.npz'
        places = [Path(folder) / name, Path(folder) / video.parent.name / name]
        for place in places:
            if place.is_file():
                return place
        raise FileNotFoundError(f'{video} has no masks: looked for {places[0]} and {places[1]}')
    for parent in video.parents:
        if parent.name == 'videos':
            place = (parent.parent / 'masks' / video.relative_to(parent)).with_suffix('.npz')
            return place if place.is_file() else None
    return None


def read_masks(file: str | Path, frames: int, height: int, width: int) -> np.ndarray:
    """Masks of a video, checked against it.

    Args:
        file: From :func:`find_masks`.
        frames: Of the video.
        height: Of the video, in pixels.
        width: Of the video, in pixels.

    Returns:
        Bool ``[frames, height, width]``, true in the foreground.

    Raises:
        ValueError: the file holds no masks, or those of another video.
    """
    try:
        masks = load_masks(file)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(
            f'{file} holds no masks as tools/data/make_toy.py writes them: {error}'
        ) from None
    if masks.shape != (frames, height, width):
        raise ValueError(
            f'{file} has masks [T, H, W] = {list(masks.shape)}, but its video has '
            f'[{frames}, {height}, {width}]: give the masks of this very file, at its size'
        )
    return masks
