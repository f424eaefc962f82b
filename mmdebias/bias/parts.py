"""Outputs of some rows in files, so that a model that was interrupted goes on.

It goes on with whole batches, those that it would have been shown without the interruption: what a
net answers depends, in the last bits, on what else is in the batch.
"""

import time
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mmdebias.files import replacing

from .outputs import Outputs

SECONDS = 30.0  # between two files: as much is lost by a kill
KINDS = ('scores', 'features')


def read_parts(folder: Path | None) -> dict[int, Outputs]:
    """Return the outputs that files have; none of no folder.

    Args:
        folder: Of :func:`kept`.

    Returns:
        By the number of the row scores ``[R, K]`` and features ``[R, D]``, None where there are
        none.
    """
    found: dict[int, Outputs] = {}
    # Not those that a kill left half written, ``.tmp-NAME``.
    for file in [] if folder is None else sorted(folder.glob('[0-9]*.npz')):
        try:
            with np.load(file, allow_pickle=False) as stored:
                scores, features = (_read(stored, kind) for kind in KINDS)
        except (OSError, EOFError, KeyError, ValueError, BadZipFile):  # half of one, or nothing
            continue
        for row in scores.keys() | features.keys():
            found[row] = Outputs(scores.get(row), features.get(row))
    return found


def in_batches(rows: int, size: int) -> list[range]:
    """Return the numbers of rows in their order, so many a batch."""
    return [range(first, min(first + size, rows)) for first in range(0, rows, size)]


def unfinished(batches: Iterable[Sequence[int]], found: Container[int]) -> list[Sequence[int]]:
    """Return the batches of which some row was not found."""
    return [batch for batch in batches if not all(row in found for row in batch)]


def kept(
    outputs: Iterable[tuple[int, Outputs]],
    batches: Iterable[Sequence[int]],
    folder: Path | None,
    seconds: float = SECONDS,
) -> Iterator[tuple[int, Outputs]]:
    """Yield outputs, and write them to files now and then, and when something stops them.

    Args:
        outputs: Numbers of rows and their outputs, batch after batch.
        batches: Numbers of rows, each once.
        folder: Where to; None writes nothing.
        seconds: Between two files, which have whole batches.
    """
    waiting: dict[int, Outputs] = {}
    last, following = time.monotonic(), iter(outputs)
    try:
        for batch in batches:
            shown = dict(islice(following, len(batch)))
            waiting |= shown
            yield from shown.items()
            if folder is not None and time.monotonic() - last >= seconds:
                _write(folder, waiting)
                waiting, last = {}, time.monotonic()
    except BaseException:
        if folder is not None and waiting:
            _write(folder, waiting)
        raise


def _write(folder: Path, rows: Mapping[int, Outputs]) -> None:
    columns: dict[str, Any] = {}
    for kind in KINDS:
        there = {
            row: value for row, one in rows.items() if (value := getattr(one, kind)) is not None
        }
        if there:
            columns[f'{kind}_rows'] = np.array(list(there))
            # Some have a vector of each clip, others one of all.
            columns[f'{kind}_sizes'] = np.array([len(value) for value in there.values()])
            columns[kind] = torch.cat(list(there.values())).numpy()
    # Named by a row that no other file has.
    with replacing(folder / f'{min(rows):08}.npz') as part:
        np.savez(part, **columns)


def _read(stored: Mapping[str, NDArray[np.generic]], kind: str) -> dict[int, Tensor]:
    if kind not in stored:
        return {}
    sizes: list[int] = stored[f'{kind}_sizes'].tolist()
    values: Sequence[Tensor] = torch.split(torch.from_numpy(stored[kind]), sizes)
    return dict(zip(stored[f'{kind}_rows'].tolist(), values))
