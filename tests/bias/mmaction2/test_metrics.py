import numpy as np
import pytest
import torch

from mmdebias.bias import (
    BiasMeasures,
    ProbeScores,
    bias_measures,
    composed_probes,
    load_scores,
    make_manifest,
    write_manifest,
)

PROBES = composed_probes()


@pytest.fixture
def manifest(tmp_path):
    rows = make_manifest([(str(i), i % 3) for i in range(6)], PROBES, 0, images=['x.png'])
    write_manifest(tmp_path / 'rows.jsonl', rows)
    return tmp_path / 'rows.jsonl', rows


def samples(scores):
    return [dict(sample_idx=i, pred_score=row) for i, row in enumerate(torch.from_numpy(scores))]


def evaluated(metric, given):
    metric.process(None, given)
    return metric.evaluate(len(given))


def test_the_means_of_all_measures_are_returned(manifest, tmp_path):
    path, rows = manifest
    scores = np.random.rand(len(rows), 3)
    found = evaluated(BiasMeasures(path), samples(scores))
    measures = bias_measures(rows, scores)
    assert found == {f'bias/{name}': m.values.mean() for name, m in measures.items()}


def test_the_scores_are_put_in_order_once(manifest, tmp_path, monkeypatch):
    path, rows = manifest
    calls, ordered = [], ProbeScores._scores_of_rows
    counted = lambda self, results: calls.append(1) or ordered(self, results)  # noqa: E731
    monkeypatch.setattr(ProbeScores, '_scores_of_rows', counted)

    evaluated(BiasMeasures(path, tmp_path / 'a.npz'), samples(np.random.rand(len(rows), 3)))

    assert len(calls) == 1 and (tmp_path / 'a.npz').is_file()


def test_repeated_and_shuffled_samples(manifest):
    path, rows = manifest
    given = samples(np.random.rand(len(rows), 3))
    expected = evaluated(BiasMeasures(path), given)
    assert evaluated(BiasMeasures(path), given[::-1] + given[:5]) == expected


def test_scores_are_written_row_by_row(manifest, tmp_path):
    path, rows = manifest
    scores = np.random.rand(len(rows), 3).astype(np.float32)
    out = tmp_path / 'new' / 'scores.npz'
    assert evaluated(ProbeScores(path, out), samples(scores)[::-1]) == {}
    assert (load_scores(out, len(rows)) == scores).all()
    assert [file.name for file in out.parent.iterdir()] == ['scores.npz']
    with pytest.raises(ValueError, match='another manifest'):
        load_scores(out, len(rows) - 1)


@pytest.mark.parametrize(
    ('sample', 'message'),
    [
        (dict(pred_score=torch.ones(3)), "name 'sample_idx' in the meta_keys"),
        (dict(sample_idx=0, pred_score=torch.ones(10, 3)), r'returns \[10, 3\].*average_clips'),
        (dict(sample_idx=0, pred_score=dict(rgb=torch.ones(3))), 'returns dict'),
    ],
)
def test_samples_that_tell_nothing(manifest, sample, message):
    with pytest.raises(ValueError, match=message):
        ProbeScores(manifest[0]).process(None, [sample])


def test_rows_that_were_left_out(manifest):
    path, rows = manifest
    metric = ProbeScores(path)
    metric.process(None, samples(np.random.rand(len(rows), 3))[:-20])
    with pytest.raises(ValueError, match=r'20 of \d+ rows were not tested, the first is ProbeRow'):
        metric.evaluate(len(rows))
