"""Embeddings of rows while MMEngine's test loop scores them."""

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from mmengine.hooks import Hook
from mmengine.runner import Runner
from torch import Tensor

from ..embeddings import FELT, Embeddings
from ..frozen_features import pooled
from ..rows import ProbeRow


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
