"""Actor videos: each frame cropped to its people, so that little background is left.

Actor-HMDB51 of BE (Wang et al., CVPR 2021, section 4.6): the smallest area that holds all persons
of a frame is cut out, frame by frame. What the paper leaves open is decided here: see
:func:`person_area`, :func:`fill_gaps` and :func:`video_size`.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mmdebias.files import replacing
from mmdebias.ops.compositing import Picture
from mmdebias.video import each_frame, find_index

# decord 0.6 misreads videos of these widths (dmlc/decord#336), and smaller ones than 32.
DECORD_WIDTHS, LEAST_SIDE = (48, 72), 32


class NoPersonError(ValueError):
    """No frame of a video has a box of a person."""


def read_boxes(path: str | Path, min_score: float = 0.5) -> dict[str, list[NDArray[np.float64]]]:
    """Read person boxes from a JSON file of any detector.

    The file maps each video, named as in the list, to its frames: a list with one entry a frame, or
    an object ``{"frame number, from 0": entry}``, which may leave frames out. An entry is a list of
    boxes ``[x1, y1, x2, y2]`` or ``[x1, y1, x2, y2, score]`` in pixels of the frame.

    Args:
        path: The file.
        min_score: Boxes with a lower score are left out; those without a score are kept.

    Returns:
        ``{video: [boxes of frame 0, boxes of frame 1, ...]}``, each float ``[K, 4]``.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is no such JSON; the message names the video and the frame.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f'there is no file of boxes {path}: give JSON, video to frames')
    try:
        content = json.loads(Path(path).read_text(encoding='utf-8'))
    except ValueError as error:
        raise ValueError(f'{path} is not JSON: {error}') from error
    if not isinstance(content, dict):
        raise ValueError(f'{path} must map videos to frames, {{"video": [[box, ...], ...]}}.')
    return {
        video: [
            _parse_entry(entry, min_score, f'{path}, {video}, frame {index}')
            for index, entry in enumerate(_parse_frames(frames, f'{path}, {video}'))
        ]
        for video, frames in content.items()
    }


def _parse_frames(frames: list[Any] | dict[str, Any], where: str) -> list[Any]:
    if isinstance(frames, list):
        return frames
    if not isinstance(frames, dict) or not all(index.isdecimal() for index in frames):
        raise ValueError(f'{where}: frames must be a list, or an object keyed by frame number.')
    numbered = {int(index): entry for index, entry in frames.items()}
    return [numbered.get(index, []) for index in range(max(numbered, default=-1) + 1)]


def _parse_entry(entry: list[Any], min_score: float, where: str) -> NDArray[np.float64]:
    try:
        boxes = [[float(value) for value in box] for box in entry]
    except (TypeError, ValueError) as error:
        raise ValueError(f'{where}: {entry!r} is not a list of boxes.') from error
    if any(len(box) not in (4, 5) or not np.isfinite(box).all() for box in boxes):
        raise ValueError(
            f'{where}: a box must be [x1, y1, x2, y2] or [x1, y1, x2, y2, score], all finite; it '
            f'has {entry!r}.'
        )
    kept = [box[:4] for box in boxes if len(box) == 4 or box[4] >= min_score]
    return np.array(kept, dtype=float).reshape(-1, 4)


def person_area(boxes: NDArray[np.floating], height: int, width: int) -> NDArray[np.int_] | None:
    """Return the smallest area of a frame that holds all its person boxes.

    Boxes are cut to the frame; those without area inside it count for nothing.

    Args:
        boxes: Float ``[K, 4]``: x1, y1, x2, y2 in pixels.
        height: Of the frame.
        width: Of the frame.

    Returns:
        Whole pixels x1, y1, x2, y2, the last two excluded; None without a person.
    """
    limits = np.array([width, height, width, height])
    inside = np.clip(boxes, 0, limits)
    inside = inside[(inside[:, 2] > inside[:, 0]) & (inside[:, 3] > inside[:, 1])]
    if not len(inside):
        return None
    low, high = np.floor(inside[:, :2].min(0)), np.ceil(inside[:, 2:].max(0))
    area: NDArray[np.int_] = np.concatenate([low, high]).astype(int)
    return area


def fill_gaps(areas: Sequence[NDArray[np.int_] | None]) -> NDArray[np.int_]:
    """Give frames without a person the area of the nearest frame that has one.

    Dropping them would break the motion, and the whole frame would bring the background back. Of
    two frames equally near, the earlier counts.

    Args:
        areas: One entry a frame: x1, y1, x2, y2, or None.

    Returns:
        int ``[T, 4]``.

    Raises:
        NoPersonError: no frame has a person.
    """
    known = np.array([index for index, area in enumerate(areas) if area is not None], dtype=int)
    if not len(known):
        raise NoPersonError(f'none of {len(areas)} frames has a person')
    nearest = [known[np.abs(known - index).argmin()] for index in range(len(areas))]
    return np.stack([areas[index] for index in nearest])


def video_size(areas: NDArray[np.int_]) -> tuple[int, int]:
    """Return height and width that all frames of a video are resized to: the medians of their
    areas.

    Even, as the codec asks; at least 32 pixels, and not 48 or 72 wide, which decord misreads.

    Args:
        areas: int ``[T, 4]``: x1, y1, x2, y2 of each frame.
    """
    sides = np.median(areas[:, 2:] - areas[:, :2], axis=0)
    width, height = (max(LEAST_SIDE, 2 * int(np.ceil(side / 2))) for side in sides)
    return height, width + 2 if width in DECORD_WIDTHS else width


def crop(frame: Picture, area: NDArray[np.int_], size: tuple[int, int]) -> NDArray[Any]:
    """Cut ``area`` (x1, y1, x2, y2) out of a frame ``[H, W, 3]``, resized to (height, width)."""
    x1, y1, x2, y2 = area
    cut = frame[y1:y2, x1:x2]
    shrink = cut.shape[0] > size[0] and cut.shape[1] > size[1]
    how = cv2.INTER_AREA if shrink else cv2.INTER_LINEAR
    return cv2.resize(cut, size[::-1], interpolation=how)


def write_actor_video(
    source: str | Path, boxes: Sequence[NDArray[np.floating]], target: str | Path
) -> dict[str, int]:
    """Crop a video to its people.

    The file appears when it is whole. Frames without an entry in ``boxes`` have no person; entries
    behind the end of the video are ignored, for decoders differ in how many frames they find.

    Args:
        source: The video.
        boxes: Float ``[K, 4]`` for each frame.
        target: The .mp4 to write; its folder is made.

    Returns:
        Counts: ``frames``, ``without_person`` (frames), ``surplus`` (entries that were ignored).

    Raises:
        NoPersonError: no frame has a person.
        VideoReadError: the video cannot be read.
        RuntimeError: the video cannot be written.
    """
    index = find_index(source)
    height, width = index.height, index.width
    entries = list(boxes[: index.frames])
    entries += [np.empty((0, 4))] * (index.frames - len(entries))
    found = [person_area(entry, height, width) for entry in entries]
    areas = fill_gaps(found)
    size = video_size(areas)
    with replacing(target) as unfinished:
        fourcc = cv2.VideoWriter.fourcc(*'mp4v')
        writer = cv2.VideoWriter(str(unfinished), fourcc, index.fps or 25, size[::-1])
        try:
            if not writer.isOpened():
                raise RuntimeError(f'cannot encode {target}: this OpenCV has no mp4v encoder')
            for area, frame in zip(areas, each_frame(source)):
                writer.write(crop(frame, area, size)[..., ::-1])
        finally:
            writer.release()
    return dict(
        frames=len(areas),
        without_person=sum(area is None for area in found),
        surplus=max(len(boxes) - len(areas), 0),
    )
