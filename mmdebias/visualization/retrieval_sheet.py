"""A sheet of pictures: queries and what is nearest to them."""

import textwrap
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from mmdebias.video import count_frames, read_frames

from .pictures import new_sheet

RIGHT, WRONG = (0.1, 0.65, 0.2), (0.85, 0.1, 0.1)

Video = tuple[str, int]
"""A file and the number of its class."""


def draw_retrieval_sheet(
    path: str | Path,
    queries: Sequence[Video],
    neighbours: Sequence[Sequence[Video]],
    size: int = 160,
    classes: Sequence[str] = (),
) -> Path:
    """Draw the middle frame of queries and of their neighbours (FAME, Figure 8), one row a query.

    A neighbour has a green border where its class is the query's, a red one where it is not. Below
    each frame is its class.

    Args:
        path: The picture to write; its folder is made.
        queries: Files and classes.
        neighbours: For each query its neighbours, the nearest first, the same number for all.
        size: Pixels of a frame's side; frames are squeezed to a square.
        classes: Names of the classes; without them, their numbers are written.

    Returns:
        ``path``.

    Raises:
        ValueError: a class that has no name among ``classes``.
    """
    rows = [[query, *row] for query, row in zip(queries, neighbours, strict=True)]
    captions = [[_class_name(label, classes) for _, label in row] for row in rows]
    columns = [('query', np.stack([middle_frame(file, size) for file, _ in queries]))]
    for place in range(len(neighbours[0])):
        pictures = [
            _bordered(middle_frame(row[place][0], size), row[place][1] == label)
            for (_, label), row in zip(queries, neighbours)
        ]
        columns.append((f'nearest {place + 1}', np.stack(pictures)))
    return new_sheet(path, columns, captions=captions)


def middle_frame(video: str, size: int) -> np.ndarray:
    """Return RGB ``[size, size, 3]`` in [0, 1]."""
    (frame,) = read_frames(video, [count_frames(video) // 2])
    return cv2.resize(frame, (size, size), interpolation=cv2.INTER_AREA) / 255


def _class_name(label: int, classes: Sequence[str]) -> str:
    if not classes:
        return f'class {label}'
    if not 0 <= label < len(classes):
        raise ValueError(
            f'A video is of class {label}, and there are {len(classes)} names of classes: give the '
            'names of this data set, in the order of its labels.'
        )
    # Something-Something has classes of a sentence; a frame is about as wide as 24 letters.
    name = classes[label].replace('_', ' ')
    return '\n'.join(textwrap.wrap(name, 24, max_lines=2, placeholder=' ...'))


def _bordered(picture: np.ndarray, right: bool) -> np.ndarray:
    width = max(1, len(picture) // 20)
    framed = np.empty_like(picture)
    framed[:] = RIGHT if right else WRONG
    inner = slice(width, -width)
    framed[inner, inner] = picture[inner, inner]
    return framed
