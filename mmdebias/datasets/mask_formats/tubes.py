"""Boxes of UCF101-24, and of other sets in the same files.

Three files of one content, of which the first two count frames from 1 and the last from 0:

- ``UCF101v2-GT.pkl`` of the ACT and MOC detectors; ``JHMDB-GT.pkl`` is laid out alike;
- ``finalAnnots.mat`` of corrected-UCF101-Annots;
- ``pyannot.pkl`` and ``pyannot_with_class_names.pkl`` from there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.io
from numpy.typing import NDArray

from .plain_pickle import load_plain_pickle


@dataclass(frozen=True)
class Tubes:
    """Boxes of a video.

    Args:
        frames: Of the video.
        boxes: By frame, from 0: float ``[K, 4]`` each, x1, y1, x2, y2 in pixels. Frames without an
            actor are left out.
    """

    frames: int
    boxes: Mapping[int, NDArray[np.float64]]


def read_tubes(path: str | Path) -> dict[str, Tubes]:
    """Read the boxes of all videos from any of the files above.

    Args:
        path: A .pkl, which is loaded without running what is in it, or a .mat.

    Returns:
        By name, such as 'Basketball/v_Basketball_g01_c01'.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is none of these files, or numbers in it contradict each other; the message
            names the video.
    """
    path = Path(path)
    if path.suffix == '.mat':
        return _read_final_annots(path)
    content = load_plain_pickle(path)
    if isinstance(content, dict) and 'gttubes' in content:
        return _read_ground_truth(path, content)
    if isinstance(content, dict) and 'db' in content:
        content = content['db']
    if isinstance(content, dict) and content and all(map(_is_annotated, content.values())):
        return _read_pyannot(path, content)
    raise ValueError(
        f'{path} holds neither gttubes, as UCF101v2-GT.pkl, nor annotations by video, as '
        'pyannot.pkl.'
    )


def _is_annotated(value: Any) -> bool:
    return isinstance(value, dict) and {'annotations', 'numf'} <= set(value)


def _read_ground_truth(path: Path, content: Mapping[str, Any]) -> dict[str, Tubes]:
    missing = [key for key in ('nframes', 'gttubes') if not isinstance(content.get(key), dict)]
    if missing:
        raise ValueError(f'{path} has no {" and no ".join(missing)} by video.')
    found = {}
    for video, by_class in content['gttubes'].items():
        rows = [np.asarray(tube, float) for tubes in by_class.values() for tube in tubes]
        if any(tube.ndim != 2 or tube.shape[1] != 5 for tube in rows):
            shapes = [list(tube.shape) for tube in rows]
            raise ValueError(f'{path}, {video}: tubes of {shapes}; each must be [frames, 5].')
        if video not in content['nframes']:
            raise ValueError(f'{path}, {video}: nframes does not say how many frames it has.')
        every = np.concatenate(rows) if rows else np.empty((0, 5))
        found[str(video)] = _tubes(
            f'{path}, {video}', int(content['nframes'][video]), every[:, 0] - 1, every[:, 1:]
        )
    return found


def _read_pyannot(path: Path, content: Mapping[str, Any]) -> dict[str, Tubes]:
    return {
        str(video): _joined(
            f'{path}, {video}',
            int(entry['numf']),
            [(int(t['sf']), int(t['ef']), t['boxes']) for t in entry['annotations']],
        )
        for video, entry in content.items()
    }


def _read_final_annots(path: Path) -> dict[str, Tubes]:
    if not path.is_file():
        raise FileNotFoundError(f'there is no file {path}: give finalAnnots.mat')
    try:
        stored = scipy.io.loadmat(path)
    except (NotImplementedError, ValueError) as error:
        raise ValueError(f'{path} cannot be read: {error}') from error
    names = stored['annot'].dtype.names if 'annot' in stored else None
    if names is None or not {'num_imgs', 'name', 'tubes'} <= set(names):
        raise ValueError(
            f"{path} has no 'annot' with num_imgs, name and tubes, as finalAnnots.mat."
        )
    found = {}
    for entry in stored['annot'].reshape(-1):
        video = str(entry['name'].item())
        # From the first to the last frame, both counted from 1, is the same range without the last
        # counted from 0.
        tubes = [
            (int(tube['sf'].item()) - 1, int(tube['ef'].item()), tube['boxes'])
            for tube in entry['tubes'].reshape(-1)
        ]
        found[video] = _joined(f'{path}, {video}', int(entry['num_imgs'].item()), tubes)
    return found


def _joined(where: str, total: int, tubes: list[tuple[int, int, Any]]) -> Tubes:
    """Join tubes of corners and sizes, each from its first frame to behind its last."""
    frames: list[NDArray[np.float64]] = [np.empty(0)]
    boxes: list[NDArray[np.float64]] = [np.empty((0, 4))]
    for first, end, stored in tubes:
        # The files keep bytes where these hold the values, and the sum of two would wrap at 256.
        corners_and_sizes = np.asarray(stored).astype(float)
        if corners_and_sizes.shape != (end - first, 4):
            raise ValueError(
                f'{where}: boxes of shape {list(corners_and_sizes.shape)} for the frames {first} '
                f'to {end - 1}; it must be [{end - first}, 4].'
            )
        low = corners_and_sizes[:, :2]
        frames.append(np.arange(first, end, dtype=float))
        boxes.append(np.concatenate([low, low + corners_and_sizes[:, 2:]], axis=1))
    return _tubes(where, total, np.concatenate(frames), np.concatenate(boxes))


def _tubes(
    where: str, total: int, frames: NDArray[np.float64], boxes: NDArray[np.float64]
) -> Tubes:
    numbers = frames.astype(int)
    if len(numbers) and not 0 <= numbers.min() <= numbers.max() < total:
        raise ValueError(
            f'{where}: boxes of the frames {numbers.min()} to {numbers.max()}, counted from 0, and '
            f'the video has {total}.'
        )
    by_frame = {int(number): boxes[numbers == number] for number in np.unique(numbers)}
    return Tubes(total, by_frame)
