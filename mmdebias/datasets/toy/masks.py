"""Reading and writing of the exact foreground masks."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def pack_masks(masks: NDArray[np.bool_], **extra: Any) -> bytes:
    """Serialise boolean masks [T, H, W] as a compressed .npz file, eight pixels a byte.

    Args:
        masks: Boolean array of any shape.
        **extra: Further arrays or scalars to keep in the file.
    """
    masks = np.asarray(masks, dtype=bool)
    buffer = io.BytesIO()
    shape = np.array(masks.shape, dtype=np.int64)
    np.savez_compressed(buffer, bits=np.packbits(masks), shape=shape, **extra)
    return buffer.getvalue()


def load_masks(path: str | Path) -> NDArray[np.bool_]:
    """Read the foreground masks of one video.

    Args:
        path: A .npz file of a toy set's ``masks`` folder.

    Returns:
        Boolean array [T, H, W], true where the actor is.
    """
    with np.load(path, allow_pickle=False) as stored:
        shape = tuple(int(length) for length in stored['shape'])
        bits = np.unpackbits(stored['bits'], count=int(np.prod(shape)))
    masks: NDArray[np.bool_] = bits.reshape(shape).astype(bool)
    return masks
