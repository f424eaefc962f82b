"""From what a model returns of clips to its answers to rows."""

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from .embeddings import FELT
from .model import Answers, Showing


def once(clips: Tensor) -> Tensor:
    """Return one of a video's clips where all are the same, else all.

    What is one frame, repeated, is the same clip wherever it is cut; a model in eval mode says of
    each what it says of one.

    Args:
        clips: ``[R, ...]``.

    Returns:
        ``[1, ...]`` or ``[R, ...]``.
    """
    return clips[:1] if all(torch.equal(clips[0], clip) for clip in clips[1:]) else clips


def gather_answers(
    showing: Showing, scores: NDArray[np.float32], features: Sequence[Tensor | None]
) -> Answers:
    """Put together what a model says of rows.

    Args:
        showing: The rows.
        scores: ``[N, K]``.
        features: Of the clips of each row, ``[R, D]``; those of rows whose features nobody asks
            for may be None, and all where the model has none.
    """
    units = {
        number: F.normalize(vectors, dim=1)
        for number, vectors in enumerate(features)
        if vectors is not None
    }
    embeddings = {
        number: F.normalize(vectors.mean(0), dim=0).numpy()
        for number, vectors in units.items()
        if showing.rows[number].probe in FELT
    }
    wanted = [units[number] for number in showing.features_of if number in units]
    return Answers(scores, embeddings, torch.stack(wanted) if wanted else None)
