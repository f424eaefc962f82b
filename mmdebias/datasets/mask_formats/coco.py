"""Masks as runs of pixels: COCO's RLE, of the video sets in COCO's style and of segmenters."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmdebias.ops.compositing import Mask

from .sources import Readers, without_ending

POLYGONS = (
    'a polygon, of which pycocotools makes runs: '
    'mask.merge(mask.frPyObjects(polygons, height, width))'
)


def decode_rle(rle: Mapping[str, Any]) -> Mask:
    """Return the mask of one RLE of COCO's.

    Runs go down the columns, from the left one on, and begin with background, of length 0 where the
    first pixel is foreground.

    Args:
        rle: ``size``, height and width; ``counts``, the lengths of the runs as a list, or as the
            text that pycocotools makes of them.

    Returns:
        bool ``[height, width]``.

    Raises:
        ValueError: it is no RLE, or its runs do not fill the picture.
    """
    if not isinstance(rle, Mapping) or not {'size', 'counts'} <= set(rle):
        shown = POLYGONS if isinstance(rle, list) else repr(rle)[:80]
        raise ValueError(f'a mask must be an RLE with size and counts; it is {shown}.')
    height, width = (int(side) for side in rle['size'])
    counts = rle['counts']
    if isinstance(counts, str | bytes):
        counts = decode_counts(counts)
    runs = np.asarray(counts, dtype=np.int64)
    if (runs < 0).any() or runs.sum() != height * width:
        raise ValueError(
            f'an RLE of size {[height, width]} has runs of {runs.sum()} pixels in all; it must '
            f'have {height * width}.'
        )
    values = np.arange(len(runs)) % 2 == 1
    mask: Mask = np.repeat(values, runs).reshape(width, height).T
    return mask


def decode_counts(text: str | bytes) -> NDArray[np.int64]:
    """Return the lengths of runs from the text that pycocotools makes of them.

    A number is five bits a character, the lowest first; a sixth bit says that more follow, and the
    highest bit of the last is the sign. From the fourth number on they are differences to the one
    before the last.

    Raises:
        ValueError: a character that it cannot have, or an end within a number.
    """
    code = text.encode() if isinstance(text, str) else text
    numbers: list[int] = []
    number = shift = 0
    for place, character in enumerate(code):
        bits = character - 48
        if not 0 <= bits < 64:
            raise ValueError(f'counts: character {place}, {chr(character)!r}, is not of an RLE.')
        number |= (bits & 31) << shift
        shift += 5
        if bits & 32:
            continue
        if bits & 16:
            number -= 1 << shift
        numbers.append(number + (numbers[-2] if len(numbers) > 2 else 0))
        number = shift = 0
    if shift:
        raise ValueError('counts: the text of an RLE ends within a number.')
    return np.array(numbers, dtype=np.int64)


def coco_masks(source: str | Path, categories: Collection[str] = ()) -> Readers:
    """Find masks in a JSON file, of one of two layouts.

    - That of YouTube-VIS: ``videos``, each with ``file_names`` such as ``VIDEO/00000.jpg``, and
      ``annotations``, each an object with ``segmentations``, an RLE or null a file;
    - ``{VIDEO: [frame, ...]}``, a frame being null, an RLE, or a list of them.

    All objects of a video are foreground.

    Args:
        source: The file.
        categories: Names of those whose objects count; none are all.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it has another layout, or no such category.
    """
    source = Path(source)
    if not source.is_file():
        raise FileNotFoundError(f'there is no file {source}: give JSON with masks as RLE')
    try:
        content = json.loads(source.read_text(encoding='utf-8'))
    except ValueError as error:
        raise ValueError(f'{source} is not JSON: {error}') from error
    if not isinstance(content, dict) or not content:
        raise ValueError(f'{source} must map videos to frames, or be as that of YouTube-VIS.')
    if {'videos', 'annotations'} <= set(content):
        return _video_instances(source, content, categories)
    if categories:
        raise ValueError(f'categories={list(categories)}: {source} has none.')
    return {
        without_ending(name): partial(_union, f'{source}, {name}', [frames])
        for name, frames in content.items()
    }


def _video_instances(
    source: Path, content: Mapping[str, Any], categories: Collection[str]
) -> Readers:
    numbers = {one['name']: one['id'] for one in content.get('categories') or ()}
    unknown = [name for name in categories if name not in numbers]
    if unknown:
        raise ValueError(f'categories={unknown}: {source} has {sorted(numbers)}.')
    chosen = {numbers[name] for name in categories}
    found = {}
    for video in content['videos']:
        folders = {str(PurePosixPath(name).parent) for name in video.get('file_names') or ()}
        if len(folders) != 1:
            raise ValueError(
                f'{source}: the file_names of video {video.get("id")} must be files of one folder; '
                f'they are of {sorted(folders)}.'
            )
        objects = [
            one['segmentations']
            for one in content['annotations']
            if one['video_id'] == video['id'] and (not chosen or one['category_id'] in chosen)
        ]
        (name,) = folders
        total = len(video['file_names'])
        found[name] = partial(_union, f'{source}, {name}', objects, total)
    return found


def _union(where: str, objects: Sequence[Any], total: int | None = None) -> Mask:
    """Return what any of some objects covers, bool ``[T, H, W]``; each has an entry a frame."""
    if any(not isinstance(frames, list) for frames in objects):
        raise ValueError(f'{where}: frames must be a list, with null where there is no mask.')
    counts = {len(frames) for frames in objects} | ({total} if total is not None else set())
    if len(counts) != 1:
        raise ValueError(f'{where}: objects and the video have {sorted(counts)} frames.')
    decoded = [
        [_decoded(f'{where}, frame {number}', one) for one in _listed(frame)]
        for frames in objects
        for number, frame in enumerate(frames)
    ]
    sizes = {mask.shape for frame in decoded for mask in frame}
    if not sizes:
        raise ValueError(f'{where}: no frame has a mask.')
    if len(sizes) > 1:
        raise ValueError(f'{where}: masks have different sizes: {sorted(sizes)}.')
    frames = counts.pop()
    union = np.zeros((frames, *sizes.pop()), dtype=bool)
    for place, found in enumerate(decoded):
        for mask in found:
            union[place % frames] |= mask
    return union


def _listed(frame: Any) -> list[Any]:
    if frame is None:
        return []
    # A list of numbers, or of lists of them, is a polygon: one mask, which is refused with a word.
    several = isinstance(frame, list) and all(isinstance(one, dict) for one in frame)
    return frame if several else [frame]


def _decoded(where: str, rle: Any) -> Mask:
    try:
        return decode_rle(rle)
    except (TypeError, ValueError) as error:
        raise ValueError(f'{where}: {error}') from error
