"""Outputs of some rows in files, so that a model that was interrupted goes on."""

import time
from collections.abc import Iterable, Iterator, Mapping
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
    for file in [] if folder is None else sorted(folder.glob('*.npz')):
        try:
            with np.load(file, allow_pickle=False) as stored:
                scores, features = (_read(stored, kind) for kind in KINDS)
        except (OSError, KeyError, ValueError, BadZipFile):  # half of one
            continue
        for row in scores.keys() | features.keys():
            found[row] = Outputs(scores.get(row), features.get(row))
    return found


def kept(
    outputs: Iterable[tuple[int, Outputs]], folder: Path | None, seconds: float = SECONDS
) -> Iterator[tuple[int, Outputs]]:
    """Yield outputs, and write them to files now and then, and when something stops them.

    Args:
        outputs: Numbers of rows, in any order but each once, and their outputs.
        folder: Where to; None writes nothing.
        seconds: Between two files.
    """
    waiting: dict[int, Outputs] = {}
    last = time.monotonic()
    try:
        for row, one in outputs:
            waiting[row] = one
            yield row, one
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
            columns[kind] = torch.stack(list(there.values())).numpy()
    # Named by a row that no other file has.
    with replacing(folder / f'{min(rows):08}.npz') as part:
        np.savez(part, **columns)


def _read(stored: Mapping[str, NDArray[np.generic]], kind: str) -> dict[int, Tensor]:
    if kind not in stored:
        return {}
    return dict(zip(stored[f'{kind}_rows'].tolist(), torch.from_numpy(stored[kind])))
