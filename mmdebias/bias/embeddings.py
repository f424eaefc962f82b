"""How far scene and motion move a model's embedding, from rows that are scored anyway."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmdebias.ops.scene_share import scene_share

from .measures import Measure
from .probes import measures_by_name
from .rows import ProbeRow

AS_IS, OTHER_SCENE, FROZEN = FELT = ('original', 'action_swap', 'static_frame')
"""Probes whose embeddings are compared."""
SCENE_SHARE = 'sensitivity/scene_share'
Embeddings = dict[int, NDArray[np.float32]]
"""Unit vectors ``[D]`` by the number of their row."""


def felt_measure(rows: Sequence[ProbeRow], embeddings: Mapping[int, Any]) -> dict[str, Measure]:
    """Return, for each video, scene against motion in a model's embedding.

    The distance to the video's actor in another scene, over the sum of that and of the distance to
    one of its frames, repeated; see :func:`mmdebias.ops.scene_share`.

    Args:
        rows: Of a manifest.
        embeddings: Unit vectors by the number of their row.

    Returns:
        ``SCENE_SHARE``, or nothing where no video was shown in all three ways.
    """
    shown: dict[str, dict[str, NDArray[np.float64]]] = {probe: {} for probe in FELT}
    for index, vector in embeddings.items():
        shown[rows[index].probe][rows[index].video] = np.asarray(vector, np.float64)
    videos = [
        row.video
        for row in rows
        if row.probe == AS_IS and all(row.video in of for of in shown.values())
    ]
    if not videos:
        return {}
    before, scene, still = (np.stack([shown[probe][v] for v in videos]) for probe in FELT)
    moved = [np.maximum(1 - (before * after).sum(1), 0) for after in (scene, still)]
    values = scene_share(moved[0], moved[1])
    better = measures_by_name()[SCENE_SHARE].better
    return {SCENE_SHARE: Measure(SCENE_SHARE, tuple(videos), values, better)}
