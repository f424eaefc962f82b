"""How far scene and motion move a model's embedding, from rows that are scored anyway."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from mmengine.hooks import Hook
from mmengine.runner import Runner
from numpy.typing import NDArray
from torch import Tensor

from mmdebias.analysis.sensitivity import scene_share

from .frozen_features import pooled
from .measures import Measure
from .probes import measures_by_name
from .rows import ProbeRow

AS_IS, OTHER_SCENE, FROZEN = FELT = ('original', 'action_swap', 'static_frame')
"""Probes whose embeddings are compared."""
SCENE_SHARE = 'sensitivity/scene_share'
Embeddings = dict[int, NDArray[np.float32]]
"""Unit vectors ``[D]`` by the number of their row."""


class KeepEmbeddings(Hook):
    """Keep what the backbone returns for some rows of a manifest while their scores are computed.

    Args:
        rows: Of the manifest; those of the probes in ``FELT`` are kept.
    """

    def __init__(self, rows: Sequence[ProbeRow]) -> None:
        self.wanted = {index for index, row in enumerate(rows) if row.probe in FELT}
        self.found: Embeddings = {}
        self.caught: list[Tensor] = []
        self.handle: Any = None

    def before_test(self, runner: Runner) -> None:
        """Begin to look at the backbone."""
        self.handle = runner.model.backbone.register_forward_hook(self._catch)

    def after_test(self, runner: Runner) -> None:
        """Leave the backbone as it was."""
        self.handle.remove()

    def after_test_iter(
        self,
        runner: Runner,
        batch_idx: int,
        data_batch: dict[str, Any] | None = None,
        outputs: Any = None,
    ) -> None:
        """Keep the mean over the clips of each row of a batch."""
        # A backbone that returns no features, or is not called as a module, has none to compare.
        if self.caught:
            vectors = torch.cat(self.caught).float().view(len(outputs), -1, self.caught[0].shape[1])
            units = F.normalize(F.normalize(vectors, dim=2).mean(1), dim=1).cpu().numpy()
            for sample, unit in zip(outputs, units):
                if int(sample.sample_idx) in self.wanted:
                    self.found[int(sample.sample_idx)] = unit
        self.caught.clear()

    def _catch(self, module: torch.nn.Module, inputs: Any, output: Any) -> None:
        try:
            self.caught.append(pooled(output).detach())
        except TypeError:
            self.caught.clear()


def felt_measure(rows: Sequence[ProbeRow], embeddings: Mapping[int, Any]) -> dict[str, Measure]:
    """Return, for each video, scene against motion in a model's embedding.

    The distance to the video's actor in another scene, over the sum of that and of the distance to
    one of its frames, repeated; see :func:`mmdebias.analysis.scene_share`.

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
