"""Which of two changes moves embeddings further."""

import numpy as np
from numpy.typing import NDArray


def scene_share(scene: NDArray[np.floating], motion: NDArray[np.floating]) -> NDArray[np.float64]:
    """Compute scene against motion: which of the two moves the embeddings further.

    Args:
        scene: Distances of clips from themselves in another scene, ``[N]``.
        motion: Distances of the same clips from themselves moving otherwise, or not at all.

    Returns:
        ``scene / (scene + motion)``, ``[N]`` in [0, 1]: 0 where only motion is felt, 1 where only
        the scene is, .5 where both are or neither.
    """
    scene, motion = np.asarray(scene, np.float64), np.asarray(motion, np.float64)
    both = scene + motion
    return np.where(both > 0, scene / np.where(both > 0, both, 1), 0.5)
