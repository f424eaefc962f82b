"""Features on disk, written by any number of processes while they are computed."""

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import numpy as np
import torch
from torch import Tensor

from mmdebias.files import replacing

# A shard is written when this many videos, or bytes, are waiting: what an interruption costs.
VIDEOS, BYTES = 256, 64 * 2**20


class FeatureShards:
    """A folder of features: shards of an array ``NAME.npy`` and its index ``NAME.index.npz``.

    Processes append to one folder without knowing of each other: each shard has a name of its own,
    and it counts once its index is there, which is written last.

    Args:
        folder: Made if it is not there.
        dtype: 'float32', or 'float16' for half the room.
    """

    def __init__(self, folder: str | Path, dtype: str = 'float32') -> None:
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.dtype = np.dtype(dtype)
        self._waiting: list[tuple[str, int, int, np.ndarray]] = []

    def add(self, split: str, sample: int, label: int, rows: Tensor) -> None:
        """Keep a video's features ``[clips, D]``; writes a shard when enough are waiting."""
        array = rows.detach().cpu().float().numpy().astype(self.dtype)
        self._waiting.append((split, sample, label, array))
        size = sum(waiting.nbytes for *_, waiting in self._waiting)
        if len(self._waiting) >= VIDEOS or size >= BYTES:
            self.flush()

    def flush(self) -> None:
        """Write what is waiting."""
        if not self._waiting:
            return
        splits, samples, labels, arrays = zip(*self._waiting)
        name = uuid.uuid4().hex
        index = dict(split=splits, sample=samples, label=labels, rows=[len(a) for a in arrays])
        _write(self.folder / f'{name}.npy', lambda file: np.save(file, np.concatenate(arrays)))
        _write(self.folder / f'{name}.index.npz', lambda file: np.savez(file, **index))
        self._waiting.clear()

    def done(self) -> set[tuple[str, int]]:
        """Return ``(split, sample)`` of the videos whose features are on disk."""
        found = set()
        for path in self._indices():
            with np.load(path) as index:
                found.update(zip(index['split'].tolist(), index['sample'].tolist()))
        return found

    def read(self, split: str) -> tuple['ShardedRows', Tensor, Tensor]:
        """Return all features of one side, in the order of its samples, each sample once.

        Args:
            split: 'gallery' or 'query'.

        Returns:
            Rows ``[N, D]``, which stay on disk; their labels and sample numbers, int64 ``[N]``.

        Raises:
            ValueError: there are none.
        """
        arrays, found = [], {}
        for path in self._indices():
            with np.load(path) as index:
                columns = [index[name].tolist() for name in ('split', 'sample', 'label', 'rows')]
            start = 0
            for side, sample, label, rows in zip(*columns):
                if side == split:
                    found.setdefault(sample, (len(arrays), start, rows, label))
                start += rows
            arrays.append(np.load(path.with_name(path.name.replace('.index.npz', '.npy')), 'r'))
        if not found:
            raise ValueError(f'No sample has split={split!r}.')
        places, labels, samples = [], [], []
        for sample in sorted(found):
            shard, start, rows, label = found[sample]
            places += [(shard, row) for row in range(start, start + rows)]
            labels += [label] * rows
            samples += [sample] * rows
        return ShardedRows(arrays, places), torch.tensor(labels), torch.tensor(samples)

    def _indices(self) -> list[Path]:
        return sorted(self.folder.glob('*.index.npz'))


class ShardedRows:
    """Rows of several arrays ``[.., D]`` on disk, as one ``[N, D]`` to take slices of.

    Args:
        arrays: Of one width, mapped from disk.
        places: The array and the row in it of each of the N rows.
    """

    def __init__(self, arrays: list[np.ndarray], places: list[tuple[int, int]]) -> None:
        self.arrays = arrays
        self.places = np.array(places)
        self.shape = len(places), arrays[places[0][0]].shape[1]

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, part: slice) -> np.ndarray:
        """Return the rows of a slice, in memory."""
        shards, rows = self.places[part].T
        out = np.empty((len(rows), self.shape[1]), self.arrays[0].dtype)
        for shard in np.unique(shards):
            here = shards == shard
            out[here] = self.arrays[shard][rows[here]]
        return out


def _write(path: Path, write: Callable[[BinaryIO], None]) -> None:
    with replacing(path) as unfinished, unfinished.open('wb') as file:
        write(file)
