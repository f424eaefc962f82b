"""Labelled videos as people have them: a list file, a folder a class, a CSV, lists of a program."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import operator
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mmdebias.files import VIDEO_ENDINGS, read_text
from mmdebias.provenance import file_sha256

from .video_list import Video, check_files, check_no_video, read_video_list

Label = int | str
NUMBER = re.compile(r'[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?', re.IGNORECASE)
COLUMNS = ('path', 'label', 'scene')


@dataclass(frozen=True)
class Labelled:
    """Videos with their classes, numbers or names.

    Args:
        paths: Relative to ``root``, each once.
        labels: As many: all numbers, from 0, or all names.
        root: Folder that the paths are relative to.
        source: Where they come from, for the report.
        sha256: Of what says so.
        scenes: By whole path, numbers or names; of some videos or none.
    """

    paths: tuple[str, ...]
    labels: tuple[Label, ...]
    root: Path
    source: str
    sha256: str
    scenes: Mapping[Path, Label] = field(default_factory=dict)


def read_labelled(
    videos: str | Path | Sequence[str | Path],
    labels: Sequence[Label] | None = None,
    root: str | Path | None = None,
    argument: str = 'videos',
) -> Labelled:
    """Read labelled videos.

    Args:
        videos: One of

            - a list file, lines ``path label``, the label a number;
            - a CSV file, ``*.csv``, whose header names the columns ``path``, ``label`` and, if
              there are scenes, ``scene``;
            - a folder of folders, each with the videos of the class that it is named after;
            - paths of videos, with ``labels``.
        labels: Of paths, numbers or names.
        root: Folder that paths are relative to. None is that of the file, or the working folder.
        argument: What ``videos`` is called, for messages.

    Raises:
        FileNotFoundError: the file, the folder or a video is not there.
        TypeError: labels that are neither numbers nor names.
        ValueError: something is missing, listed twice or no label.
    """
    if isinstance(videos, (str, Path)):
        if labels is not None:
            raise TypeError(
                f'{argument}={str(videos)!r} has its labels itself, and labels are given: give a '
                'sequence of paths with labels, or leave them out (the folder of a report is out).'
            )
        file = Path(videos)
        if file.is_dir():
            return _read_folder(file)
        if file.suffix.lower() == '.csv':
            return _read_csv(file, root)
        if file.is_file():
            check_no_video(file, argument)
        listed = read_video_list(file, root)
        folder = file.parent if root is None else Path(root)
        paths, numbers = zip(*listed)
        return Labelled(paths, numbers, folder, str(file), file_sha256(file))
    return _from_program(videos, labels, root, argument)


def class_names(sets: Iterable[Labelled]) -> tuple[str, ...] | None:
    """Return the names of the classes of some sets, sorted; None where they are numbers.

    Raises:
        ValueError: there are both.
    """
    kinds: dict[bool, list[str]] = {True: [], False: []}
    for one in sets:
        for path, label in zip(one.paths, one.labels):
            told = kinds[isinstance(label, str)]
            # First what is no number: it made names of the others of its list.
            first = isinstance(label, str) and not label.isdecimal()
            told.insert(0 if first else len(told), f'{label!r} of {path} in {one.source}')
    if kinds[True] and kinds[False]:
        raise ValueError(
            f'labels are names ({kinds[True][0]}) and numbers ({kinds[False][0]}): give one or the '
            'other for all videos.'
        )
    if not kinds[True]:
        return None
    return tuple(sorted({str(label) for one in sets for label in one.labels}))


def numbered(one: Labelled, names: Sequence[str] | None) -> list[Video]:
    """Return paths and numbers of classes, with :func:`class_names` of all sets."""
    numbers = {name: number for number, name in enumerate(names or ())}
    return [
        (path, numbers[label] if isinstance(label, str) else label)
        for path, label in zip(one.paths, one.labels)
    ]


def number_scenes(scenes: Mapping[Path, Label]) -> dict[Path, int]:
    """Return scenes by whole path as numbers; names are numbered in their order."""
    if not any(isinstance(scene, str) for scene in scenes.values()):
        return {path: int(scene) for path, scene in scenes.items()}
    names = sorted({str(scene) for scene in scenes.values()})
    numbers = {name: number for number, name in enumerate(names)}
    return {path: numbers[str(scene)] for path, scene in scenes.items()}


def _read_folder(folder: Path) -> Labelled:
    found = [
        (file.relative_to(folder).as_posix(), kind.name)
        for kind in sorted(folder.iterdir())
        if kind.is_dir() and not kind.name.startswith('.')
        for file in sorted(kind.rglob('*'))
        if file.suffix.lower() in VIDEO_ENDINGS
    ]
    if not found:
        raise ValueError(
            f'{folder} has no videos in folders, one a class, such as {folder / "archery"}/1.mp4: '
            f'give such a folder, or a list. Videos end in {", ".join(VIDEO_ENDINGS)}.'
        )
    paths, labels = zip(*found)
    return Labelled(paths, labels, folder, str(folder), _digest(found))


def _read_csv(file: Path, root: str | Path | None) -> Labelled:
    if not file.is_file():
        raise FileNotFoundError(f'there is no CSV {file}: give one with the columns path and label')
    folder = file.parent if root is None else Path(root)
    text = read_text(file, 'save the CSV as UTF-8')
    table = csv.DictReader(io.StringIO(text, newline=''), skipinitialspace=True)
    missing = [name for name in COLUMNS[:2] if name not in (table.fieldnames or ())]
    if missing:
        raise ValueError(
            f'{file} has the columns {table.fieldnames}, without {" and ".join(missing)}: its '
            f'first line must name {", ".join(COLUMNS)} (scene may be left out).'
        )
    rows = [(table.line_num, row) for row in table]
    for number, row in rows:
        if not (row['path'] or '').strip() or not (row['label'] or '').strip():
            raise ValueError(f'{file}, line {number}: path or label is empty: fill it in.')
    if not rows:
        raise ValueError(f'{file} lists no videos.')
    paths = tuple(row['path'].strip() for _, row in rows)
    given = [(path, row.get('scene')) for path, (_, row) in zip(paths, rows)]
    named = {(folder / path).resolve(): scene.strip() for path, scene in given if scene}
    scenes = dict(zip(named, _as_written(list(named.values()))))
    labels = _as_written([row['label'].strip() for _, row in rows])
    _check_written(file, [number for number, _ in rows], labels)
    check_files(list(zip(paths, labels)), str(file), folder)
    return Labelled(paths, tuple(labels), folder, str(file), file_sha256(file), scenes)


def _as_written(texts: Sequence[str]) -> list[Label]:
    """Return texts as numbers, if all are, else as they are."""
    return [int(t) for t in texts] if all(t.isdecimal() for t in texts) else list(texts)


def _check_written(file: Path, lines: Sequence[int], labels: Sequence[Label]) -> None:
    """Raise ValueError where all labels are numbers, and not all are whole and from 0."""
    if not all(NUMBER.fullmatch(str(label)) for label in labels):
        return
    for line, label in zip(lines, labels):
        if isinstance(label, str) and not label.isdecimal():
            raise ValueError(
                f'{file}, line {line}: the label is {label}, and classes are numbered 0, 1, 2, '
                '...: write the number of its class so.'
            )


def _from_program(
    videos: Sequence[str | Path],
    labels: Sequence[Label] | None,
    root: str | Path | None,
    argument: str,
) -> Labelled:
    if labels is None:
        raise ValueError(f'{argument} are paths, whose classes are not known: give labels, too.')
    if isinstance(labels, (str, Path)):
        raise TypeError(f'labels={str(labels)!r} must be a list, one for each of {argument}.')
    videos, labels = list(videos), list(labels)
    if len(labels) != len(videos):
        raise ValueError(f'{argument} are {len(videos)} and labels {len(labels)}: give one each.')
    if not videos:
        raise ValueError(f'{argument} is empty: give some videos.')
    wrong = [video for video in videos if not isinstance(video, (str, Path))]
    if wrong:
        raise TypeError(f'{argument} has {wrong[0]!r}: give the paths of videos.')
    checked = tuple(_label(label, path) for label, path in zip(labels, videos))
    if root is None:
        whole = [Path(video).absolute() for video in videos]
        folder = Path(os.path.commonpath([path.parent for path in whole]))
        paths = tuple(path.relative_to(folder).as_posix() for path in whole)
    else:
        folder, paths = Path(root), tuple(str(video) for video in videos)
    listed = list(zip(paths, checked))
    check_files(listed, argument, folder)
    return Labelled(paths, checked, folder, f'{argument} of a program', _digest(listed))


def _label(label: object, video: str | Path) -> Label:
    if isinstance(label, str):
        return label
    try:
        number = operator.index(label)  # type: ignore[arg-type]
    except TypeError:
        raise TypeError(
            f'labels has {label!r} for {video}: give numbers of classes, from 0, or names.'
        ) from None
    if number < 0:
        raise ValueError(f'labels has {number} for {video}: classes are numbered from 0.')
    return number


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()
