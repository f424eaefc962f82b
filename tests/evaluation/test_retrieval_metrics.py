import pytest
import torch
from mmaction.structures import ActionDataSample

from mmdebias.evaluation import (
    ClipRetrieval,
    FeatureShards,
    KNNAccuracy,
    VideoRetrieval,
    knn_accuracy,
    retrieval_recall,
)


def batch(splits, labels, numbers=None):
    samples = []
    for split, label, number in zip(splits, labels, numbers or [None] * len(labels)):
        sample = ActionDataSample(metainfo=dict(split=split, sample_idx=number))
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
    for metric in (VideoRetrieval(), KNNAccuracy(k=1)):  # -1 would be found among -1
        with pytest.raises(ValueError, match=r'has no label, and .* compares labels'):
            metric.process(batch(['query'], [-1]), [torch.randn(4)])
    metric = VideoRetrieval()
    metric.process(batch(['query'], [0]), [torch.randn(4)])
    with pytest.raises(ValueError, match="split='gallery'"):
        metric.evaluate(1)


def test_each_clip_of_a_video_is_found_and_searches_by_itself():
    clips, labels = [torch.randn(n, 4) for n in (2, 3, 1, 2, 4)], [0, 1, 2, 1, 0]
    splits = ['gallery'] * 3 + ['query'] * 2
    metric = ClipRetrieval(ks=(1, 2))
    metric.process(batch(splits, labels), clips)
    expected = retrieval_recall(
        torch.cat(clips[:3]),
        torch.tensor([0, 0, 1, 1, 1, 2]),
        torch.cat(clips[3:]),
        torch.tensor([1, 1, 0, 0, 0, 0]),
        (1, 2),
    )
    assert metric.evaluate(5) == {f'clip_retrieval/R@{k}': v for k, v in expected.items()}
    with pytest.raises(ValueError, match='ClipFeatureHead'):
        metric.process(batch(['query'], [0]), [torch.randn(4)])


def test_knn_is_the_function():
    features, labels = torch.randn(20, 4), torch.randint(0, 3, (20,))
    metric = KNNAccuracy(k=5, temperature=0.2, topk=(1, 2))
    metric.process(batch(['gallery'] * 12 + ['query'] * 8, labels), list(features))
    sides = features[:12], labels[:12], features[12:], labels[12:]
    expected = knn_accuracy(*sides, 5, 0.2, (1, 2))
    assert metric.evaluate(20) == {f'knn/top{n}': v for n, v in expected.items()}


def test_features_on_disk_count_once_in_any_order(tmp_path):
    features, labels = torch.randn(20, 4), torch.randint(0, 3, (20,))
    splits = ['gallery'] * 12 + ['query'] * 8
    numbers = [*range(12), *range(8)]
    memory = VideoRetrieval(ks=(1, 5))
    memory.process(batch(splits, labels), list(features))
    disk = VideoRetrieval(ks=(1, 5))
    disk.shards = FeatureShards(tmp_path)
    # In another order, in several shards, some twice.
    for part in (torch.arange(15, 20), torch.arange(9, 16), torch.arange(9)):
        chosen = [[side[i] for i in part] for side in (splits, labels, numbers)]
        disk.process(batch(*chosen), list(features[part]))
        disk.shards.flush()
    assert disk.evaluate(20) == memory.evaluate(20)
    with pytest.raises(ValueError, match='20 of 21 videos'):
        disk.evaluate(21)
    with pytest.raises(ValueError, match='sample_idx'):
        disk.process(batch(['query'], [0]), [torch.randn(4)])
