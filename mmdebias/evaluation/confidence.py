"""How sure a share is."""

import math


def confidence_interval(share: float, count: int, z: float = 1.959964) -> tuple[float, float]:
    """Wilson's score interval of a share of ``count`` independent trials.

    E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 1927.
    It stays inside [0, 1] and has a width at 0 and 1, too.

    Args:
        share: In [0, 1].
        count: How many trials.
        z: Standard deviations on each side; the default is for 95 %.

    Returns:
        Lower and upper end, in [0, 1].

    Raises:
        ValueError: ``share`` outside [0, 1] or ``count`` below 1.
    """
    if not 0 <= share <= 1 or count < 1:
        raise ValueError(f'share={share} must be in [0, 1] and count={count} 1 or more.')
    scale = 1 + z**2 / count
    middle = (share + z**2 / (2 * count)) / scale
    half = z * math.sqrt(share * (1 - share) / count + z**2 / (4 * count**2)) / scale
    # Rounding must not leave the share outside.
    return max(min(middle - half, share), 0.0), min(max(middle + half, share), 1.0)
