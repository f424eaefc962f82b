"""The official split files of each dataset, as lists of names and labels."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence, Sized
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

Json = TypeVar('Json', list, dict)


@dataclass(frozen=True)
class Sample:
    """A video as the split files name it.

    Attributes:
        name: Where the video belongs below the folder of videos, without extension.
        label: Index of its class, from 0.
        keys: What its file may be called, see ``matching.index_videos``; the best one first.
    """

    name: str
    label: int
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Split:
    """One list of MMAction2.

    Attributes:
        list_name: File name of the list.
        folder: Folder of its videos, beside the list.
        samples: Its videos in the official order.
        official: How many there officially are; None where copies of the split file differ.
    """

    list_name: str
    folder: str
    samples: tuple[Sample, ...]
    official: int | None = None


@dataclass(frozen=True)
class Annotations:
    """Class names, in the order of the labels, and the lists of a dataset."""

    classes: tuple[str, ...]
    splits: tuple[Split, ...]


def find_file(folders: Sequence[Path], *names: str) -> Path:
    """Return the file of one of these names in or below the folders.

    Raises:
        FileNotFoundError: there is none; the message says what was looked for, and where.
    """
    for name in names:
        for folder in folders:
            if folder.is_file() and folder.name == name:
                return folder
            found = sorted(folder.rglob(name)) if folder.is_dir() else []
            if found:
                return found[0]
    raise FileNotFoundError(
        f'{" or ".join(names)} is not in {", ".join(map(str, folders))}: give the archive, folder '
        'or file of the official annotations with --annotations.'
    )


def _lines(path: Path) -> list[tuple[int, str]]:
    """Return the numbered lines of a text file that are not empty."""
    lines = enumerate(path.read_text(encoding='utf-8-sig').splitlines(), 1)
    return [(number, line.strip()) for number, line in lines if line.strip()]


def _label(classes: dict[str, int], name: str, path: Path, where: str) -> int:
    if name not in classes:
        raise ValueError(f'{path}, {where}: {name!r} is none of the {len(classes)} classes.')
    return classes[name]


def _check_classes(classes: Sized, official: int, path: Path) -> None:
    if len(classes) != official:
        raise ValueError(
            f'{path} has {len(classes)} classes, and the dataset {official}: the file is damaged, '
            'incomplete or that of another dataset.'
        )


def read_ucf101(folders: Sequence[Path], classes: int = 101) -> Annotations:
    """Return the three splits of UCF101: ``classInd.txt``, ``trainlist01.txt``, ``testlist01.txt``,
    ...

    Lines are ``1 ApplyEyeMakeup``, ``ApplyEyeMakeup/v_ApplyEyeMakeup_g08_c01.avi 1`` and, in test
    lists, the path alone (https://www.crcv.ucf.edu/data/UCF101.php, "Action Recognition").

    Args:
        folders: Where to look for the files.
        classes: How many classes there have to be.

    Raises:
        FileNotFoundError: a file is missing.
        ValueError: a file is not what it should be.
    """
    index_file = find_file(folders, 'classInd.txt')
    index: dict[str, int] = {}
    for number, line in _lines(index_file):
        label, _, name = line.partition(' ')
        if not label.isdecimal() or int(label) != len(index) + 1 or not name:
            raise ValueError(f'{index_file}, line {number}: {line!r} is not "NUMBER CLASS".')
        index[name.strip()] = int(label) - 1
    _check_classes(index, classes, index_file)
    official = {1: (9537, 3783), 2: (9586, 3734), 3: (9624, 3696)}
    splits = []
    for split, counts in official.items():
        for part, subset, count in zip(('train', 'test'), ('train', 'val'), counts):
            path = find_file(folders, f'{part}list{split:02}.txt')
            samples = []
            for number, line in _lines(path):
                video = line.split()[0]
                label = _label(index, Path(video).parent.name, path, f'line {number}')
                # The archive spells HandstandPushups in two ways: names of files are enough.
                key = Path(video).stem.lower()
                samples.append(Sample(str(Path(video).with_suffix('')), label, (key,)))
            name = f'ucf101_{subset}_split_{split}_videos.txt'
            splits.append(Split(name, 'videos', tuple(samples), count))
    return Annotations(tuple(index), tuple(splits))


def read_hmdb51(folders: Sequence[Path], classes: int = 51) -> Annotations:
    """Return the three splits of HMDB51: ``<class>_test_split<1-3>.txt``.

    Lines are ``<video>.avi 1``: 1 trains, 2 tests, 0 is not used. Classes are numbered in
    alphabetical order, as by MMAction2.

    Args:
        folders: Where to look for the files.
        classes: How many classes there have to be.

    Raises:
        FileNotFoundError: a file is missing.
        ValueError: a file is not what it should be.
    """
    ending = '_test_split1.txt'
    first = find_file(folders, f'*{ending}')
    names = sorted(path.name[: -len(ending)] for path in first.parent.glob(f'*{ending}'))
    _check_classes(names, classes, first.parent)
    splits = []
    for split in (1, 2, 3):
        samples: dict[str, list[Sample]] = {'1': [], '2': []}
        for label, name in enumerate(names):
            path = find_file([first.parent], f'{name}_test_split{split}.txt')
            for number, line in _lines(path):
                video, _, use = line.rpartition(' ')
                if use not in ('0', '1', '2') or not video:
                    raise ValueError(f'{path}, line {number}: {line!r} does not end in 0, 1 or 2.')
                place = f'{name}/{Path(video.strip()).stem}'
                if use != '0':
                    samples[use].append(Sample(place, label, (place,)))
        for use, subset, count in (('1', 'train', 3570), ('2', 'val', 1530)):
            name = f'hmdb51_{subset}_split_{split}_videos.txt'
            splits.append(Split(name, 'videos', tuple(samples[use]), count))
    return Annotations(tuple(names), tuple(splits))


def _read_json(path: Path, kind: type[Json]) -> Json:
    try:
        content = json.loads(path.read_text(encoding='utf-8'))
    except ValueError as error:
        raise ValueError(f'{path} is not JSON ({error}): get it again.') from None
    if not isinstance(content, kind):
        raise ValueError(f'{path} holds no {kind.__name__}: it is not the official file.')
    return content


def read_diving48(folders: Sequence[Path], classes: int = 48) -> Annotations:
    """Read Diving48, labels of version 2: ``Diving48_V2_{train,test}.json`` and the vocabulary.

    Entries have ``vid_name`` and ``label`` from 0; ``Diving48_vocab.json`` lists the classes as
    four words each: take-off, somersaults, twists, position
    (http://www.svcl.ucsd.edu/projects/resound/dataset.html). The labels of the first version,
    ``Diving48_train.json``, are not accepted: many were wrong, and results do not compare.

    Args:
        folders: Where to look for the files.
        classes: How many classes there have to be.

    Raises:
        FileNotFoundError: a file is missing.
        ValueError: a file is not what it should be.
    """
    vocabulary = find_file(folders, 'Diving48_vocab.json')
    words = _read_json(vocabulary, list)
    _check_classes(words, classes, vocabulary)
    names = tuple(word if isinstance(word, str) else ' '.join(word) for word in words)
    splits = []
    for part, subset, count in (('train', 'train', 15027), ('test', 'val', 1970)):
        path = find_file(folders, f'Diving48_V2_{part}.json')
        samples = []
        for number, entry in enumerate(_read_json(path, list), 1):
            if not {'vid_name', 'label'} <= entry.keys() or not 0 <= entry['label'] < classes:
                raise ValueError(
                    f'{path}, entry {number}: {entry} needs vid_name and a label from 0 to '
                    f'{classes - 1}.'
                )
            name = entry['vid_name']
            samples.append(Sample(name, int(entry['label']), (name,)))
        name = f'diving48_{subset}_list_videos.txt'
        splits.append(Split(name, 'videos', tuple(samples), count))
    return Annotations(names, tuple(splits))


def read_sthv2(folders: Sequence[Path], classes: int = 174) -> Annotations:
    """Read Something-Something V2, training and validation; labels of the test set are not used.

    ``labels.json`` maps the templates to numbers in strings, entries of ``train.json`` and
    ``validation.json`` have ``id`` and ``template``, the latter with its gaps in brackets. Files of
    older downloads are called ``something-something-v2-labels.json`` and so on.

    Args:
        folders: Where to look for the files.
        classes: How many classes there have to be.

    Raises:
        FileNotFoundError: a file is missing.
        ValueError: a file is not what it should be.
    """

    def find(name: str) -> Path:
        return find_file(folders, f'something-something-v2-{name}.json', f'{name}.json')

    index = {name: int(label) for name, label in _read_json(find('labels'), dict).items()}
    _check_classes(index, classes, find('labels'))
    if sorted(index.values()) != list(range(len(index))):
        raise ValueError(f'{find("labels")}: labels are not the numbers from 0 on.')
    splits = []
    for part, subset, count in (('train', 'train', 168913), ('validation', 'val', 24777)):
        path = find(part)
        samples = []
        for number, entry in enumerate(_read_json(path, list), 1):
            if not {'id', 'template'} <= entry.keys():
                raise ValueError(f'{path}, entry {number}: {entry} needs id and template.')
            template = entry['template'].replace('[', '').replace(']', '')
            label = _label(index, template, path, f'entry {number}')
            samples.append(Sample(str(entry['id']), label, (str(entry['id']),)))
        splits.append(Split(f'sthv2_{subset}_list_videos.txt', 'videos', tuple(samples), count))
    return Annotations(tuple(sorted(index, key=index.get)), tuple(splits))


def _kinetics_rows(path: Path) -> Iterable[tuple[str, str, str]]:
    """Yield class, YouTube name and ``<name>_<start>_<end>`` of each line of a Kinetics csv."""
    with path.open(encoding='utf-8-sig', newline='') as file:
        reader = csv.DictReader(file)
        wanted = ('label', 'youtube_id', 'time_start', 'time_end')
        if not set(wanted) <= set(reader.fieldnames or ()):
            raise ValueError(f'{path} lacks a column: its first line has to name {wanted}.')
        for row in reader:
            try:
                start, end = (int(float(row[key])) for key in ('time_start', 'time_end'))
            except (TypeError, ValueError):
                raise ValueError(
                    f'{path}, line {reader.line_num}: times are not numbers.'
                ) from None
            youtube = row['youtube_id']
            label = row['label'].replace('"', '').replace(' ', '_')
            yield label, youtube, f'{youtube}_{start:06}_{end:06}'


def read_kinetics400(folders: Sequence[Path], classes: int = 400) -> Annotations:
    """Read Kinetics-400: ``train.csv`` and ``validate.csv`` (or ``val.csv``, ``kinetics_val.csv``).

    Columns are label, youtube_id, time_start, time_end, split and maybe more. Classes are numbered
    in alphabetical order of their names with underscores for spaces, as by MMAction2. Copies of
    the csv files differ in length, so there is no official number of videos to compare with.

    Args:
        folders: Where to look for the files.
        classes: How many classes there have to be.

    Raises:
        FileNotFoundError: a file is missing.
        ValueError: a file is not what it should be.
    """
    paths = {
        'train': find_file(folders, 'train.csv', 'kinetics_train.csv'),
        'val': find_file(folders, 'validate.csv', 'val.csv', 'kinetics_val.csv'),
    }
    rows = {subset: list(_kinetics_rows(path)) for subset, path in paths.items()}
    names = sorted({label for label, _, _ in rows['train']})
    _check_classes(names, classes, paths['train'])
    index = {name: label for label, name in enumerate(names)}
    splits = []
    for subset, found in rows.items():
        samples = tuple(
            Sample(f'{name}/{clip}', _label(index, name, paths[subset], clip), (clip, youtube))
            for name, youtube, clip in found
        )
        name = f'kinetics400_{subset}_list_videos.txt'
        splits.append(Split(name, f'videos_{subset}', samples))
    return Annotations(tuple(names), tuple(splits))
