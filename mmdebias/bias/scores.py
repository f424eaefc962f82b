"""Scores of a manifest's rows in a file."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray


def load_scores(out_file: str | Path, rows: int) -> NDArray[np.float32]:
    """Read the scores of a run, float32 ``[N, K]``.

    Raises:
        ValueError: the file has another number of rows than ``rows``.
    """
    with np.load(out_file, allow_pickle=False) as stored:
        scores: NDArray[np.float32] = stored['scores']
    if len(scores) != rows:
        raise ValueError(
            f'{out_file} has scores of {len(scores)} rows, and the manifest has {rows}: they are '
            'of another manifest; run the probes again.'
        )
    return scores
