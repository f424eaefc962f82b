import pytest
import torch

from mmdebias.study import draw_probes, probe, probing


def features_of(motion, scene):
    """Features of 64 videos that hold the motion, the scene, or both, in unit directions."""

    def read(toy, split, encoder, device, workers):
        labels = dict(motion=torch.arange(64) % 8, scene=torch.arange(64) // 8)
        known = [
            torch.nn.functional.one_hot(labels[name], 8).float()
            for name, held in (('motion', motion), ('scene', scene))
            if held
        ]
        return dict(features=torch.cat(known, 1), **labels)

    return read


@pytest.mark.parametrize('known, other', [('motion', 'scene'), ('scene', 'motion')])
def test_what_features_hold_is_read_and_the_other_is_not(known, other, monkeypatch):
    monkeypatch.setattr(probing, 'read_features', features_of(known == 'motion', known == 'scene'))
    found = probe(None, None)
    for way in ('probe', 'retrieval'):
        assert found[f'{known}_{way}'].value == 1
        assert found[f'{other}_{way}'].value == pytest.approx(1 / 8)
        assert found[f'{other}_{way}'].low < 1 / 8 < found[f'{other}_{way}'].high


def test_both_are_read_where_both_are_held(monkeypatch):
    monkeypatch.setattr(probing, 'read_features', features_of(True, True))
    assert {interval.value for interval in probe(None, None).values()} == {1}


def test_a_picture_of_two_models(monkeypatch, tmp_path):
    monkeypatch.setattr(probing, 'read_features', features_of(True, False))
    found = probe(None, None)
    path = draw_probes(tmp_path / 'new' / 'probes.png', {'one': found, 'another': found})
    assert path.stat().st_size > 5000
