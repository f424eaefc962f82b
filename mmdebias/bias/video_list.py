"""Lists of videos and their classes, checked before anything takes long."""

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mmdebias.datasets.label_subset import parse_list
from mmdebias.files import VIDEO_ENDINGS, read_text

Video = tuple[str, int]
"""A path as in the list, and the number of a class."""


def read_video_list(file: str | Path, root: str | Path | None = None) -> list[Video]:
    """Read lines ``path label``; paths may contain spaces.

    Args:
        file: The list.
        root: Folder that paths are relative to; None is the list's own.

    Returns:
        Videos and labels in the list's order.

    Raises:
        FileNotFoundError: the list or a video is not there.
        ValueError: no text, no lines, a line without a label, or a video that is listed twice,
            even if spelled in two ways.
    """
    file = Path(file)
    root = Path(root) if root is not None else file.parent
    if not file.is_file():
        raise FileNotFoundError(f'there is no list {file}: give a file of lines "path label"')
    check_no_video(file)
    text = read_text(file, 'save the list as UTF-8')
    videos = parse_list(text.splitlines(), str(file))
    check_files(videos, str(file), root)
    return videos


def check_no_video(file: Path, argument: str = '') -> None:
    """Raise ValueError where a video stands in the place of a list.

    Args:
        file: Given as a list.
        argument: Of a program, which takes labels of videos, too; for the message.
    """
    if file.suffix.lower() in VIDEO_ENDINGS:
        labels = 'labels' if argument == 'videos' else f'{argument}_labels'
        or_labels = f'; in a program {labels} with the videos' if argument else ''
        raise ValueError(
            f'{file} is a video, whose class is not known: give a list of lines "path label", a '
            f'CSV, or a folder with a folder a class{or_labels}.'
        )


def check_files(videos: Sequence[tuple[str, object]], source: str, root: Path) -> None:
    """Raise where videos are listed twice or are not there.

    Args:
        videos: Paths and classes.
        source: Of the list, for the message.
        root: Folder that the paths are relative to.

    Raises:
        FileNotFoundError: a video is not there.
        ValueError: a video is listed twice.
    """
    spelled: dict[str, list[str]] = {}
    for path, _ in videos:
        spelled.setdefault(os.path.realpath(root / path), []).append(path)
    twice = [paths for paths in spelled.values() if len(paths) > 1]
    if twice:
        ways = sorted(set(twice[0]))
        raise ValueError(
            f'{source} lists {len(twice)} videos more than once, such as {" and ".join(ways[:2])}: '
            'intervals are over videos, so list each once'
        )
    missing = [path for path, _ in videos if not (root / path).is_file()]
    if missing:
        raise FileNotFoundError(
            f'{len(missing)} of {len(videos)} videos of {source} are not there, for example '
            f'{root / missing[0]}: give whole paths, or such as are relative to the list; '
            'of test videos also to data_root (on the command line --data-root)'
        )


def check_classes(videos: Sequence[Video], num_classes: int | None = None, of: str = '') -> None:
    """Raise ValueError where the classes of a list cannot be measured.

    One video of a class is enough: what is put behind it, and its partner, are of another class.

    Args:
        videos: Of :func:`read_video_list`.
        num_classes: Classes of the model that is measured; None leaves that out.
        of: What the list or the model is, for the message.
    """
    counts = Counter(label for _, label in videos)
    if num_classes is not None and max(counts) >= num_classes:
        path, label = next(video for video in videos if video[1] >= num_classes)
        raise ValueError(
            f'{of} has {num_classes} classes, and the list has labels up to {max(counts)}, the '
            f'first beyond them is {label} of {path}: give the list that goes with the model, with '
            'labels that count from 0'
        )
    if num_classes is not None:
        return
    if len(counts) == 1:
        raise ValueError(
            f'all videos of {of} are of class {min(counts)}: whether a model follows the actor or '
            'the background shows between classes, so list two or more'
        )


def check_training(videos: Sequence[Video], train: Sequence[Video], of: str) -> None:
    """Raise ValueError where a linear layer cannot be trained for the classes of a list.

    Args:
        videos: Of the test.
        train: Those that the layer is trained on.
        of: Whose features it takes, and why it needs a layer, for the message.
    """
    if not train:
        raise ValueError(
            f'{of}: give train, the list that a linear layer on its frozen features is trained on.'
        )
    untrained = sorted({label for _, label in videos} - {label for _, label in train})
    if untrained:
        raise ValueError(
            f'train has no video of class {", ".join(map(str, untrained[:5]))}, which the test '
            'list has: give the training list of the same classes.'
        )


def some_videos(videos: Sequence[Video], count: int, seed: int = 0) -> list[Video]:
    """Return as many videos of each class as can be, drawn by the seed, in the list's order.

    Args:
        videos: The list, of two classes or more.
        count: How many to keep; where the list has no more, it is kept whole. Fewer than there are
            classes are of as many classes, drawn as well.
        seed: Of the draw.

    Raises:
        ValueError: ``count`` is below two, so that all were of one class.
    """
    if count < 2:
        raise ValueError(
            f'{count} videos are of one class at most, and what is put behind actors is another '
            "class's: take 2 or more"
        )
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(videos))
    # The first of each class, then the second of each class, and so on.
    turn = np.empty(len(videos), dtype=int)
    seen: Counter[int] = Counter()
    for index in order:
        turn[index] = seen[videos[index][1]]
        seen[videos[index][1]] += 1
    chosen = sorted(order[np.argsort(turn[order], kind='stable')][:count])
    return [videos[index] for index in chosen]


def read_scenes(lists: Sequence[str | Path]) -> dict[Path, int]:
    """Return the scenes by video, from lists ``path scene``.

    A list ``scene_labels/NAME`` names videos relative to the folder above, as
    tools/data/make_toy.py writes it; any other list relative to its own folder.

    Raises:
        FileNotFoundError: as in :func:`read_video_list`.
        ValueError: as in :func:`read_video_list`.
    """
    scenes = {}
    for file in map(Path, lists):
        root = file.parent.parent if file.parent.name == 'scene_labels' else file.parent
        for path, scene in read_video_list(file, root):
            scenes[(root / path).resolve()] = scene
    return scenes
