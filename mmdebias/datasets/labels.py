"""Labels of lists, compared with the classes of a model."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from mmaction.datasets import RawframeDataset, VideoDataset
from mmengine.fileio import list_from_file
from torch.utils.data import Dataset

from .tolerant_video_dataset import TolerantVideoDataset

# Of these a line of the list is a video and its label; others have files of other kinds.
READERS = tuple(
    kind.load_data_list for kind in (TolerantVideoDataset, VideoDataset, RawframeDataset)
)
SHOWN = 8  # classes


class LabelError(ValueError):
    """A label that is missing or none of the classes; the message names list, line and remedy."""


class Labels(NamedTuple):
    """The labels of a list."""

    file: str
    found: frozenset[int]


def check_labels(dataset: Dataset, num_classes: int | None = None) -> Labels | None:
    """Compare all labels of a list with the classes of a model.

    Args:
        dataset: A data set of MMAction2 or of this package; what is none of a list of lines
            ``path label`` is left alone.
        num_classes: Of the model's head; None asks for labels and for no more.

    Returns:
        The labels; None of what is left alone.

    Raises:
        LabelError: a label is missing or none of the classes; names list, line and label.
    """
    if getattr(type(dataset), 'load_data_list', None) not in READERS:
        return None
    source: Any = dataset
    found = [_labels(info) for info in source.load_data_list()]
    wrong = next((i for i, own in enumerate(found) if not _fit(own, num_classes)), None)
    if wrong is None:
        return Labels(str(source.ann_file), frozenset(label for own in found for label in own))
    numbered = [(n, line.strip()) for n, line in enumerate(list_from_file(source.ann_file), 1)]
    number, line = [(n, line) for n, line in numbered if line][wrong]
    label = next(label for label in found[wrong] or [-1] if not _fit([label], num_classes))
    everything = [label for own in found for label in own]
    raise LabelError(
        f'{source.ann_file}, line {number}: {line!r} has '
        + (_missing(num_classes) if label < 0 else _too_large(label, everything, num_classes))
    )


def label_doubts(
    trained: Sequence[Labels], tested: Sequence[Labels], num_classes: int
) -> list[str]:
    """Return a line for each list whose labels are classes of the model, and may be others.

    Labels that count from 1 cannot be told for certain while they stay below the number of classes:
    a class may have no video, and often has none in a part of a list. So it is said which classes
    have none, and no more.

    Args:
        trained: Of the lists that are trained on together; empty where only a test is run.
        tested: Of the others.
        num_classes: Of the model's head.
    """
    every = set(range(num_classes))
    known = {label for labels in trained for label in labels.found}
    doubts = []
    if trained and known < every:
        files = ' and '.join(dict.fromkeys(labels.file for labels in trained))
        doubts.append(
            f'{files}: no video has {_classes(every - known)} of the {num_classes} classes of the '
            f'model (model.cls_head.num_classes).{_from_one(known, num_classes)}'
        )
    for labels in dict.fromkeys(tested):
        unknown = labels.found - known
        if trained and unknown:
            doubts.append(
                f'{labels.file}: its videos have {_classes(unknown)}, of which no video is in the '
                'training list: nothing is learnt of that.'
            )
        elif not trained and _from_one(labels.found, num_classes):
            doubts.append(f'{labels.file}:{_from_one(labels.found, num_classes)}')
    return doubts


def _from_one(found: Collection[int], num_classes: int) -> str:
    """Say what a list without the first class and with the last looks like."""
    if 0 in found or num_classes - 1 not in found:
        return ''
    return (
        f' No label is 0 and the largest is {max(found)}: if they count from 1, take 1 from each, '
        'as the first class is 0.'
    )


def _classes(labels: Collection[int]) -> str:
    shown = ', '.join(map(str, sorted(labels)[:SHOWN]))
    if len(labels) > SHOWN:
        return f'the classes {shown} and {len(labels) - SHOWN} more'
    return f'the class{"es" if len(labels) > 1 else ""} {shown}'


def _labels(info: dict) -> list[int]:
    label = info['label']
    return list(label) if isinstance(label, (list, tuple)) else [label]


def _fit(labels: list[int], num_classes: int | None) -> bool:
    return bool(labels) and min(labels) >= 0 and (num_classes is None or max(labels) < num_classes)


def _missing(num_classes: int | None) -> str:
    last = '' if num_classes is None else f' to {num_classes - 1}'
    return f"no label: write 'path label' on every line, label the number of its class, 0{last}."


def _too_large(label: int, labels: list[int], num_classes: int) -> str:
    remedy = (
        'Labels of the list seem to count from 1: take 1 from each.'
        if min(labels) == 1 and max(labels) == num_classes
        else f'Correct the list, or set model.cls_head.num_classes to {max(labels) + 1} or more.'
    )
    return (
        f'label {label}, and the classes of the model are 0 to {num_classes - 1} '
        f'(model.cls_head.num_classes={num_classes}). {remedy}'
    )
