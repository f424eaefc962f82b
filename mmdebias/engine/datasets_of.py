"""Looking through MMEngine's dataset wrappers."""

from collections.abc import Iterator

from torch.utils.data import Dataset


def datasets_of(dataset: Dataset) -> Iterator[Dataset]:
    """The innermost datasets below wrappers such as ConcatDataset or RepeatDataset."""
    inner = getattr(dataset, 'datasets', None) or [getattr(dataset, 'dataset', None)]
    if inner == [None]:
        yield dataset
        return
    for part in inner:
        yield from datasets_of(part)
