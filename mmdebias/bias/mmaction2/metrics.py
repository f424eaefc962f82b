"""The probes of a bias report in MMEngine's test loop."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from mmaction.registry import METRICS
from mmengine.evaluator import BaseMetric
from numpy.typing import NDArray
from torch import Tensor

from mmdebias.files import replacing

from ..manifest import read_manifest
from ..measures import bias_measures

RowScores = tuple[int, NDArray[np.float32]]
"""The number of a row, and its score of each class."""


def scores_of_sample(sample: Mapping[str, Any]) -> tuple[int, Tensor]:
    """Return the number of a row, and its scores, float32 ``[K]`` on the CPU.

    Args:
        sample: What a recogniser predicts of it, with ``sample_idx`` and ``pred_score``.

    Raises:
        ValueError: it has no number, or not one score a class.
    """
    index, scores = sample.get('sample_idx'), sample.get('pred_score')
    if index is None:
        raise ValueError(
            "A sample has no sample_idx: name 'sample_idx' in the meta_keys of PackActionInputs."
        )
    if not isinstance(scores, Tensor) or scores.ndim != 1:
        kind = list(scores.shape) if isinstance(scores, Tensor) else type(scores).__name__
        raise ValueError(
            f'The probes need one score a class, and the model returns {kind}: set '
            "model.cls_head.average_clips='prob'."
        )
    return int(index), scores.float().cpu()


@METRICS.register_module()
class ProbeScores(BaseMetric):
    """Write the scores of all rows of a manifest, which the report takes its measures from.

    The test set is a :class:`mmdebias.bias.BiasProbes`, the model an MMAction2 classifier.

    Args:
        manifest: File of the rows, the dataset's ``ann_file``.
        out_file: .npz to write: ``scores``, float32 ``[N, K]``, a row for each of the manifest's.
            None writes nothing.
        collect_device: As in MMEngine.
        prefix: As in MMEngine.

    Raises:
        ValueError: the manifest is malformed; while testing, samples without ``sample_idx``, scores
            that are not one vector a video, or rows that were not tested.
    """

    default_prefix = 'bias'

    def __init__(
        self,
        manifest: str | Path,
        out_file: str | Path | None = None,
        collect_device: str = 'cpu',
        prefix: str | None = None,
    ) -> None:
        super().__init__(collect_device, prefix)
        self.rows = read_manifest(manifest)
        self.out_file = None if out_file is None else Path(out_file)

    def process(self, data_batch: Any, data_samples: Sequence[dict[str, Any]]) -> None:
        """Keep the scores of a batch's rows."""
        for sample in data_samples:
            index, scores = scores_of_sample(sample)
            self.results.append((index, scores.numpy()))

    def compute_metrics(self, results: list[RowScores]) -> dict[str, float]:
        """Write the file, which appears when it is whole, and return what :meth:`measures` does."""
        scores = self._scores_of_rows(results)
        if self.out_file is not None:
            with replacing(self.out_file) as unfinished:
                np.savez_compressed(unfinished, scores=scores.astype(np.float32))
        return self.measures(scores)

    def measures(self, scores: NDArray[np.float32]) -> dict[str, float]:
        """Return none: the report takes them from the file. ``scores`` are ``[N, K]``."""
        return {}

    def _scores_of_rows(self, results: list[RowScores]) -> NDArray[np.float32]:
        """Return the scores of the manifest's rows ``[N, K]``."""
        # Samplers may show a row twice.
        by_row = dict(results)
        missing = [index for index in range(len(self.rows)) if index not in by_row]
        if missing:
            raise ValueError(
                f'{len(missing)} of {len(self.rows)} rows were not tested, the first is '
                f'{self.rows[missing[0]]}: is the manifest that of the dataset?'
            )
        return np.stack([by_row[index] for index in range(len(self.rows))])


@METRICS.register_module()
class BiasMeasures(ProbeScores):
    """Measure the bias of a classifier in a test loop of one's own, without a report.

    Returns the means of all measures that the manifest's rows give, see
    :func:`mmdebias.bias.bias_measures`; the arguments are those of :class:`ProbeScores`.
    """

    def measures(self, scores: NDArray[np.float32]) -> dict[str, float]:
        """Return the means of the measures by name, of the rows' scores ``[N, K]``."""
        found = bias_measures(self.rows, scores)
        return {name: float(measure.values.mean()) for name, measure in found.items()}
