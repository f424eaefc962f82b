import numpy as np
import pytest
import torch

from mmdebias.evaluation import FeatureShards, feature_shards


def test_rows_come_back_in_the_order_of_samples_whoever_wrote_them(tmp_path, monkeypatch):
    monkeypatch.setattr(feature_shards, 'VIDEOS', 2)
    videos = {sample: torch.randn(1 + sample % 3, 5) for sample in range(9)}
    writers = [FeatureShards(tmp_path) for _ in range(2)]
    for sample in (8, 1, 0, 5, 7, 2, 3, 6, 4):
        writers[sample % 2].add('gallery', sample, 10 * sample, videos[sample])
    for writer in writers:
        writer.flush()
    rows, labels, samples = FeatureShards(tmp_path).read('gallery')
    expected = torch.cat([videos[sample] for sample in range(9)])
    assert rows.shape == expected.shape
    assert np.array_equal(rows[0:100], expected.numpy())
    assert np.array_equal(rows[3:8], expected[3:8].numpy())
    assert samples.tolist() == [s for s in range(9) for _ in range(1 + s % 3)]
    assert torch.equal(labels, 10 * samples)


def test_what_was_not_finished_is_not_there(tmp_path):
    shards = FeatureShards(tmp_path)
    shards.add('query', 0, 0, torch.ones(1, 3))
    shards.flush()
    shards.add('query', 1, 0, torch.ones(1, 3))
    assert FeatureShards(tmp_path).done() == {('query', 0)}
    shards.flush()
    # A process stopped between the features and their index.
    newest = max(tmp_path.glob('*.index.npz'), key=lambda path: path.stat().st_mtime_ns)
    newest.unlink()
    assert FeatureShards(tmp_path).done() == {('query', 0)}
    assert len(FeatureShards(tmp_path).read('query')[0]) == 1
    with pytest.raises(ValueError, match="split='gallery'"):
        shards.read('gallery')


def test_half_precision_is_stored(tmp_path):
    shards = FeatureShards(tmp_path, 'float16')
    shards.add('query', 0, 0, torch.randn(4, 3))
    shards.flush()
    assert shards.read('query')[0][0:4].dtype == np.float16
