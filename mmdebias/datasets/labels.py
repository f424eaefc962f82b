"""Labels of lists, compared with the classes of a model."""

from typing import Any

from mmaction.datasets import RawframeDataset, VideoDataset
from mmengine.fileio import list_from_file
from torch.utils.data import Dataset

from .tolerant_video_dataset import TolerantVideoDataset

# Of these a line of the list is a video and its label; others have files of other kinds.
READERS = tuple(
    kind.load_data_list for kind in (TolerantVideoDataset, VideoDataset, RawframeDataset)
)


class LabelError(ValueError):
    """A label that is missing or none of the classes; the message names list, line and remedy."""


def check_labels(dataset: Dataset, num_classes: int | None = None) -> None:
    """Compare all labels of a list with the classes of a model.

    Args:
        dataset: A data set of MMAction2 or of this package; what is none of a list of lines
            ``path label`` is left alone.
        num_classes: Of the model's head; None asks for labels and for no more.

    Raises:
        LabelError: a label is missing or none of the classes; names list, line and label.
    """
    if getattr(type(dataset), 'load_data_list', None) not in READERS:
        return
    source: Any = dataset
    found = [_labels(info) for info in source.load_data_list()]
    wrong = next((i for i, own in enumerate(found) if not _fit(own, num_classes)), None)
    if wrong is None:
        return
    numbered = [(n, line.strip()) for n, line in enumerate(list_from_file(source.ann_file), 1)]
    number, line = [(n, line) for n, line in numbered if line][wrong]
    label = next(label for label in found[wrong] or [-1] if not _fit([label], num_classes))
    everything = [label for own in found for label in own]
    raise LabelError(
        f'{source.ann_file}, line {number}: {line!r} has '
        + (_missing(num_classes) if label < 0 else _too_large(label, everything, num_classes))
    )


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
