"""Collecting features, for metrics on a gallery and queries."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import torch
from mmengine.dist import barrier, broadcast_object_list, is_main_process
from mmengine.evaluator import BaseMetric
from torch import Tensor

from .feature_shards import FeatureShards
from .search import Rows

GALLERY, QUERY = 'gallery', 'query'


class FeatureMetric(BaseMetric):
    """A metric that compares the features of queries with those of a gallery.

    The test set is a :class:`GalleryAndQueries`: samples whose ``split`` is 'gallery' are searched,
    those whose ``split`` is 'query' search. The model must return features, one row a video, or one
    a clip if the metric has ``of_clips``.

    Features are kept in memory, or on disk where a :class:`ResumableTestLoop` sets ``shards``.

    Args:
        memory: GiB that the search may use, see :func:`nearest`.
        backend: Of the search, see :func:`nearest`.
        collect_device: As in MMEngine.
        prefix: As in MMEngine.
    """

    of_clips = False
    shards: FeatureShards | None = None

    def __init__(
        self,
        memory: float = 1.0,
        backend: str = 'auto',
        collect_device: str = 'cpu',
        prefix: str | None = None,
    ) -> None:
        super().__init__(collect_device, prefix)
        self.search: dict[str, Any] = dict(memory=memory, backend=backend)

    @abstractmethod
    def score(
        self, gallery: Rows, gallery_labels: Tensor, query: Rows, query_labels: Tensor
    ) -> dict[str, float]:
        """Return the metrics of features ``[G, D]`` and ``[Q, D]``."""

    def process(self, data_batch: dict, data_samples: Sequence[Tensor]) -> None:
        """Keep a batch's features.

        Raises:
            ValueError: the model returns something else than features, or a sample has no label,
                no ``split`` or, with shards, no ``sample_idx``.
        """
        for sample, feature in zip(data_batch['data_samples'], data_samples, strict=True):
            self._check_feature(feature)
            split, number = (sample.metainfo.get(key) for key in ('split', 'sample_idx'))
            if split not in (GALLERY, QUERY):
                raise ValueError(
                    f'A sample has split={split!r}; it must be {GALLERY!r} or {QUERY!r}: use '
                    "GalleryAndQueries, and name 'split' in the meta_keys of PackActionInputs."
                )
            label, rows = int(sample.gt_label), feature.float().cpu()
            if label < 0:
                name = sample.metainfo.get('filename', f'A video of the {split}')
                raise ValueError(
                    f'{name} has no label, and {type(self).__name__} compares labels: write '
                    "'path label' on every line of its list."
                )
            rows = rows if self.of_clips else rows[None]
            if self.shards is None:
                self.results.append((split, label, rows))
                continue
            if number is None:
                raise ValueError(
                    "A sample has no sample_idx: name 'sample_idx' in the meta_keys of "
                    'PackActionInputs.'
                )
            self.shards.add(split, int(number), label, rows)

    def compute_metrics(self, results: list) -> dict[str, float]:
        """Return the metrics over all videos that are in memory."""
        sides: list[Any] = []
        for side in (GALLERY, QUERY):
            found = [(label, rows) for split, label, rows in results if split == side]
            if not found:
                raise ValueError(f'No sample has split={side!r}.')
            labels, rows = zip(*found)
            counts = torch.tensor([len(part) for part in rows])
            sides += [torch.cat(rows), torch.tensor(labels).repeat_interleave(counts)]
        return self.score(*sides)

    def evaluate(self, size: int) -> dict[str, float]:
        """Return the metrics over all videos of all processes, each counted once.

        Args:
            size: Videos of the test set; a sampler may have repeated some of them.

        Raises:
            ValueError: features are missing on disk.
        """
        if self.shards is None:
            return super().evaluate(size)
        self.shards.flush()
        barrier()
        outcome: list = [None]
        if is_main_process():
            # The others wait for an outcome, and must hear of an error, too.
            try:
                outcome = [self._score_shards(size)]
            except ValueError as error:
                outcome = [error]
        broadcast_object_list(outcome)
        if isinstance(outcome[0], ValueError):
            raise outcome[0]
        return outcome[0]

    def _score_shards(self, size: int) -> dict[str, float]:
        found = len(self.shards.done())
        if found != size:
            raise ValueError(
                f'{self.shards.folder} has the features of {found} of {size} videos: run the test '
                'again to compute those that are missing.'
            )
        sides: list[Any] = []
        for side in (GALLERY, QUERY):
            sides += self.shards.read(side)[:2]
        return {f'{self.prefix}/{name}': value for name, value in self.score(*sides).items()}

    def _check_feature(self, feature: object) -> None:
        wanted = 2 if self.of_clips else 1
        if isinstance(feature, Tensor) and feature.ndim == wanted:
            return
        kind = tuple(feature.shape) if isinstance(feature, Tensor) else type(feature)
        remedy = (
            "one row a clip, and the model returns {kind}: use cls_head=dict(type='ClipFeatureHead'"
            ') and ConsecutiveClips.'
            if self.of_clips
            else 'one vector a video, and the model returns {kind}: use '
            "cls_head=dict(type='FeatureHead', average_clips='score')."
        )
        raise ValueError(f'{type(self).__name__} needs {remedy.format(kind=kind)}')
