"""Retrieval as a metric of MMEngine's test loop."""

from collections.abc import Sequence

import torch
from mmaction.registry import METRICS
from mmengine.evaluator import BaseMetric
from torch import Tensor

from .retrieval import retrieval_recall

GALLERY, QUERY = 'gallery', 'query'


@METRICS.register_module()
class VideoRetrieval(BaseMetric):
    """R@k of video-level features (FAME, section 4.2).

    The test set is a :class:`GalleryAndQueries`: samples whose ``split`` is 'gallery' are searched,
    those whose ``split`` is 'query' search. The model must return one feature a video, as
    MMAction2's ``FeatureHead(average_clips='score')`` does.

    Args:
        ks: How many neighbours.
        center: See :func:`retrieval_recall`.
        collect_device: As in MMEngine.
        prefix: As in MMEngine.
    """

    default_prefix = 'retrieval'

    def __init__(
        self,
        ks: Sequence[int] = (1, 5, 10, 20, 50),
        center: bool = False,
        collect_device: str = 'cpu',
        prefix: str | None = None,
    ) -> None:
        super().__init__(collect_device, prefix)
        self.ks = tuple(ks)
        self.center = center

    def process(self, data_batch: dict, data_samples: Sequence[Tensor]) -> None:
        """Keep a batch's features.

        Raises:
            ValueError: the model returns something else than one vector a video, or a sample has
                no ``split``.
        """
        for sample, feature in zip(data_batch['data_samples'], data_samples, strict=True):
            if not isinstance(feature, Tensor) or feature.ndim != 1:
                kind = tuple(feature.shape) if isinstance(feature, Tensor) else type(feature)
                raise ValueError(
                    f'VideoRetrieval needs one vector a video and the model returns {kind}: use '
                    "cls_head=dict(type='FeatureHead', average_clips='score')."
                )
            split = sample.metainfo.get('split')
            if split not in (GALLERY, QUERY):
                raise ValueError(
                    f'A sample has split={split!r}; it must be {GALLERY!r} or {QUERY!r}: use '
                    "GalleryAndQueries, and name 'split' in the meta_keys of PackActionInputs."
                )
            label = int(sample.gt_label)
            self.results.append((split, label, feature.float().cpu()))

    def compute_metrics(self, results: list) -> dict[str, float]:
        """``{'R@k': recall}`` over all videos."""
        sides = {}
        for side in (GALLERY, QUERY):
            rows = [(label, feature) for split, label, feature in results if split == side]
            if not rows:
                raise ValueError(f'No sample has split={side!r}.')
            labels, features = zip(*rows)
            sides[side] = torch.stack(features), torch.tensor(labels)
        recall = retrieval_recall(*sides[GALLERY], *sides[QUERY], self.ks, center=self.center)
        return {f'R@{k}': value for k, value in recall.items()}
