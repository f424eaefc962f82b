"""The questions of a bias report as metrics of MMEngine's test loop."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from mmaction.registry import METRICS
from mmengine.evaluator import BaseMetric
from torch import Tensor

from mmdebias.datasets.bias.manifest import CONFLICT, PROBES, SCUBA, SCUFO, read_manifest

from .bias_measures import bias_measures


class BiasMetric(BaseMetric):
    """A metric on some probes of a manifest; each class is one question.

    The test set is a :class:`mmdebias.datasets.bias.BiasProbes`, the model an MMAction2 classifier.

    Args:
        manifest: File of the rows, the dataset's ``ann_file``.
        collect_device: As in MMEngine.
        prefix: As in MMEngine.

    Raises:
        ValueError: The manifest is malformed; while testing, samples without ``sample_idx``, scores
            that are not one vector a video, or rows that were not tested.
    """

    default_prefix = 'bias'
    # Rows that are looked at, and what the names of the measures begin with.
    probes: tuple[str, ...] = PROBES
    measures: tuple[str, ...] = PROBES

    def __init__(
        self, manifest: str | Path, collect_device: str = 'cpu', prefix: str | None = None
    ) -> None:
        super().__init__(collect_device, prefix)
        self.rows = read_manifest(manifest)

    def process(self, data_batch: Any, data_samples: Sequence[dict]) -> None:
        """Keep the scores of a batch's rows."""
        for sample in data_samples:
            index, scores = sample.get('sample_idx'), sample.get('pred_score')
            if index is None:
                raise ValueError(
                    "A sample has no sample_idx: name 'sample_idx' in the meta_keys of "
                    'PackActionInputs.'
                )
            if not isinstance(scores, Tensor) or scores.ndim != 1:
                kind = list(scores.shape) if isinstance(scores, Tensor) else type(scores).__name__
                raise ValueError(
                    f'{type(self).__name__} needs one score a class, and the model returns {kind}: '
                    "set model.cls_head.average_clips='prob'."
                )
            if self.rows[int(index)].probe in self.probes:
                self.results.append((int(index), scores.float().cpu().numpy()))

    def compute_metrics(self, results: list) -> dict[str, float]:
        """The means of the measures."""
        chosen, scores = self._scores_of_rows(results)
        found = bias_measures([self.rows[index] for index in chosen], scores)
        return {
            name: float(measure.values.mean())
            for name, measure in found.items()
            if name.partition('/')[0] in self.measures
        }

    def _scores_of_rows(self, results: list) -> tuple[list[int], np.ndarray]:
        """Numbers of the rows looked at, and their scores ``[N, K]``."""
        # Samplers may show a row twice.
        by_row = dict(results)
        chosen = [index for index, row in enumerate(self.rows) if row.probe in self.probes]
        missing = [index for index in chosen if index not in by_row]
        if missing:
            raise ValueError(
                f'{len(missing)} of {len(chosen)} rows were not tested, the first is '
                f'{self.rows[missing[0]]}: is the manifest that of the dataset?'
            )
        return chosen, np.stack([by_row[index] for index in chosen])


@METRICS.register_module()
class OriginalAccuracy(BiasMetric):
    """Top-1 on the videos as they are."""

    probes = measures = ('original',)


@METRICS.register_module()
class BackgroundReplacedAccuracy(BiasMetric):
    """Top-1 on SCUBA: other backgrounds, the same class; higher is better."""

    probes = measures = SCUBA


@METRICS.register_module()
class StillForegroundAccuracy(BiasMetric):
    """Top-1 on SCUFO: one frame of the SCUBA video, repeated; lower is better."""

    probes = measures = SCUFO


@METRICS.register_module()
class ContrastedAccuracy(BiasMetric):
    """Share of videos right on SCUBA and wrong on their own SCUFO; higher is better."""

    probes = (*SCUBA, *SCUFO)
    measures = tuple(probe.replace('scuba', 'contrasted') for probe in SCUBA)


@METRICS.register_module()
class ConflictingForeground(BiasMetric):
    """Which of two foregrounds is predicted: the one that moves, or the one that stands still."""

    probes = measures = CONFLICT


@METRICS.register_module()
class ActionSwap(BiasMetric):
    """Foreground accuracy and background error on actors before another class's background."""

    probes = measures = ('action_swap',)


@METRICS.register_module()
class HumanOnlyAccuracy(BiasMetric):
    """Top-1 with the foreground alone."""

    probes = measures = ('human_only',)


@METRICS.register_module()
class BackgroundOnlyAccuracy(BiasMetric):
    """Top-1 without the foreground; lower is better."""

    probes = measures = ('background_only',)


@METRICS.register_module()
class StaticFrameAccuracy(BiasMetric):
    """Top-1 on one frame, repeated."""

    probes = measures = ('static_frame',)


@METRICS.register_module()
class ProbeScores(BiasMetric):
    """Writes the scores of all rows, for bootstraps and comparisons.

    Args:
        manifest: See :class:`BiasMetric`.
        out_file: .npz to write: ``scores``, float32 ``[N, K]``, a row for each of the manifest's.
        **kwargs: See :class:`BiasMetric`.
    """

    measures = ()

    def __init__(self, manifest: str | Path, out_file: str | Path, **kwargs: Any) -> None:
        super().__init__(manifest, **kwargs)
        self.out_file = Path(out_file)

    def compute_metrics(self, results: list) -> dict[str, float]:
        """Write the file, which appears when it is whole."""
        _, scores = self._scores_of_rows(results)
        self.out_file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.out_file.with_name(f'.tmp-{self.out_file.stem}.npz')
        np.savez_compressed(unfinished, scores=scores.astype(np.float32))
        os.replace(unfinished, self.out_file)
        return {}
