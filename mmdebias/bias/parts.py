"""Outputs of some rows in files, so that a model that was interrupted goes on."""

import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import torch
from torch import Tensor

from mmdebias.files import replacing

from .outputs import Outputs

SECONDS = 30.0  # between two files: as much is lost by a kill


def read_parts(folder: Path | None) -> list[Outputs]:
    """Return the outputs of the first rows, as far as files have them; none of no folder.

    Args:
        folder: Of :func:`kept`.

    Returns:
        Of each row scores ``[R, K]`` and features ``[R, D]``, None where there are none.
    """
    found: list[Outputs] = []
    while folder is not None:
        try:
            with np.load(_file(folder, len(found)), allow_pickle=False) as stored:
                columns = {key: torch.from_numpy(stored[key]) for key in stored.files}
        except (OSError, ValueError, BadZipFile):  # there is none, or half of one
            break
        if not columns:
            break
        rows = range(len(next(iter(columns.values()))))
        scores, features = columns.get('scores'), columns.get('features')
        found += [Outputs(_row(scores, row), _row(features, row)) for row in rows]
    return found


def kept(
    outputs: Iterable[Outputs], folder: Path | None, first: int = 0, seconds: float = SECONDS
) -> Iterator[Outputs]:
    """Yield outputs, and write them to files now and then, and when something stops them.

    Args:
        outputs: Of rows, one after the other.
        folder: Where to; None writes nothing.
        first: Number of the first row.
        seconds: Between two files.
    """
    waiting: list[Outputs] = []
    last = time.monotonic()
    try:
        for one in outputs:
            waiting.append(one)
            yield one
            if folder is not None and time.monotonic() - last >= seconds:
                _write(folder, first, waiting)
                first, waiting, last = first + len(waiting), [], time.monotonic()
    except BaseException:
        if folder is not None and waiting:
            _write(folder, first, waiting)
        raise


def _write(folder: Path, first: int, rows: Sequence[Outputs]) -> None:
    columns: dict[str, Any] = {
        key: torch.stack(values).numpy()
        for key, values in (
            ('scores', [row.scores for row in rows if row.scores is not None]),
            ('features', [row.features for row in rows if row.features is not None]),
        )
        if len(values) == len(rows)
    }
    with replacing(_file(folder, first)) as part:
        np.savez(part, **columns)


def _file(folder: Path, first: int) -> Path:
    return folder / f'{first:08}.npz'


def _row(values: Tensor | None, row: int) -> Tensor | None:
    return None if values is None else values[row]
