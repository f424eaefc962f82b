"""Retrieval and k-NN as metrics of MMEngine's test loop."""

from collections.abc import Sequence
from typing import Any

from mmaction.registry import METRICS
from torch import Tensor

from .feature_metric import FeatureMetric
from .knn import knn_accuracy
from .retrieval import retrieval_recall
from .search import Rows


@METRICS.register_module()
class VideoRetrieval(FeatureMetric):
    """R@k of video-level features (FAME, section 4.2).

    Args:
        ks: How many neighbours.
        center: Subtract from each side its own mean, as the code released with FAME does.
        **kwargs: See :class:`FeatureMetric`.
    """

    default_prefix = 'retrieval'

    def __init__(
        self, ks: Sequence[int] = (1, 5, 10, 20, 50), center: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.ks = tuple(ks)
        self.search['center'] = center

    def score(
        self, gallery: Rows, gallery_labels: Tensor, query: Rows, query_labels: Tensor
    ) -> dict[str, float]:
        """Return ``{'R@k': recall}``; see :func:`retrieval_recall`."""
        recall = retrieval_recall(
            gallery, gallery_labels, query, query_labels, self.ks, **self.search
        )
        return {f'R@{k}': value for k, value in recall.items()}


@METRICS.register_module()
class ClipRetrieval(VideoRetrieval):
    """R@k of clips: each clip of the test videos looks for a clip of its class.

    BE, section 4.3, and DSM, "Video Retrieval": videos are cut into clips of 16 frames, all clips
    of the training videos are the gallery, and each clip of the test videos is a query.

    Args:
        **kwargs: See :class:`VideoRetrieval`.
    """

    default_prefix = 'clip_retrieval'
    of_clips = True


@METRICS.register_module()
class KNNAccuracy(FeatureMetric):
    """Accuracy of a weighted vote of the nearest videos (Wu et al., CVPR 2018).

    Args:
        k: How many videos vote.
        temperature: See :func:`knn_accuracy`.
        topk: For which numbers of answers.
        **kwargs: See :class:`FeatureMetric`.
    """

    default_prefix = 'knn'

    def __init__(
        self,
        k: int = 200,
        temperature: float = 0.07,
        topk: Sequence[int] = (1, 5),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.k, self.temperature, self.topk = k, temperature, tuple(topk)

    def score(
        self, gallery: Rows, gallery_labels: Tensor, query: Rows, query_labels: Tensor
    ) -> dict[str, float]:
        """Return ``{'top1': accuracy, 'top5': ...}``; see :func:`knn_accuracy`."""
        sides = gallery, gallery_labels, query, query_labels
        found = knn_accuracy(*sides, self.k, self.temperature, self.topk, **self.search)
        return {f'top{n}': value for n, value in found.items()}
