import pytest
import torch
from mmaction.structures import ActionDataSample

from mmdebias.evaluation import VideoRetrieval, retrieval_recall


def batch(splits, labels):
    samples = []
    for split, label in zip(splits, labels):
        sample = ActionDataSample(metainfo=dict(split=split))
        samples.append(sample.set_gt_label(int(label)))
    return dict(data_samples=samples)


def test_metric_is_the_function_whatever_the_batches():
    features, labels = torch.randn(20, 4), torch.randint(0, 3, (20,))
    splits = ['gallery'] * 12 + ['query'] * 8
    metric = VideoRetrieval(ks=(1, 5))
    for start in range(0, 20, 6):
        part = slice(start, start + 6)
        metric.process(batch(splits[part], labels[part]), list(features[part]))
    expected = retrieval_recall(features[:12], labels[:12], features[12:], labels[12:], (1, 5))
    assert metric.evaluate(20) == {f'retrieval/R@{k}': v for k, v in expected.items()}


def test_what_is_missing_is_named():
    with pytest.raises(ValueError, match='split=None'):
        VideoRetrieval().process(batch([None], [0]), [torch.randn(4)])
    with pytest.raises(ValueError, match='average_clips'):
        VideoRetrieval().process(batch(['query'], [0]), [torch.randn(10, 4)])
    metric = VideoRetrieval()
    metric.process(batch(['query'], [0]), [torch.randn(4)])
    with pytest.raises(ValueError, match="split='gallery'"):
        metric.evaluate(1)
