"""The values of single videos, short enough to lie in a report."""

import base64
import binascii

import numpy as np
from numpy.typing import NDArray

BITS, SHARES = 'bits:', 'shares:'
STEPS = 65_535


def pack(values: NDArray[np.floating]) -> str:
    """Return the values of a measure as text.

    Args:
        values: ``[N]`` in [0, 1].

    Returns:
        ``bits:0110`` where each is 0 or 1; else ``shares:`` and little-endian unsigned 16-bit
        numbers in base64, 65,535 for 1, so that a value is kept to 8e-6.
    """
    values = np.asarray(values, np.float64)
    if np.isin(values, (0, 1)).all():
        return BITS + ''.join('1' if value else '0' for value in values)
    steps = np.round(values * STEPS).astype('<u2')
    return SHARES + base64.b64encode(steps.tobytes()).decode()


def unpack(text: str) -> NDArray[np.float64]:
    """Return the values of :func:`pack`, float64 ``[N]``.

    Raises:
        ValueError: the text is no such values.
    """
    if text.startswith(BITS) and set(text[len(BITS) :]) <= {'0', '1'}:
        return np.array([float(digit) for digit in text[len(BITS) :]])
    if text.startswith(SHARES):
        try:
            data = base64.b64decode(text[len(SHARES) :], validate=True)
            return np.frombuffer(data, '<u2') / STEPS
        except (binascii.Error, ValueError):
            pass
    raise ValueError(f'{text[:20]!r} are no values of videos')
