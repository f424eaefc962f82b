"""What is read from frozen features, by its command."""

import json

import pytest

from helpers.running import ROOT
from mmdebias.datasets.toy import ToyConfig, make_toy

ENCODER = ['--model', 'a', ROOT / 'configs/moco/r3d_swings.py', 'random']


@pytest.fixture(autouse=True)
def beside_it(monkeypatch):
    """A script finds the modules in its own folder."""
    monkeypatch.syspath_prepend(str(ROOT / 'tools/analysis'))


def toy(folder, bias):
    make_toy(folder, ToyConfig(videos=16, test_videos=16, bias=bias, size=(32, 32), frames=16))
    return folder


def test_a_row_a_model_and_a_picture(call, tmp_path):
    out = tmp_path / 'out'
    videos = toy(tmp_path / 'toy', 1 / 8)
    beside = ['--model', 'b', *ENCODER[2:]]
    printed = call('analysis/frozen_features.py', '--toy', videos, *ENCODER, *beside, '--out', out)
    assert 'motion, probe' in printed and '\na ' in printed and '\nb ' in printed
    read = json.loads((out / 'frozen_features.json').read_text())
    assert list(read) == ['a', 'b']
    for interval in read['a'].values():
        assert 0 <= interval['low'] <= interval['value'] <= interval['high'] <= 1
        assert interval['count'] == 16
    assert (out / 'frozen_features.png').stat().st_size > 5000


def test_videos_in_which_the_scene_tells_the_motion_are_refused(call, tmp_path, capsys):
    biased = toy(tmp_path / 'toy', 0.9)
    with pytest.raises(SystemExit):
        call('analysis/frozen_features.py', '--toy', biased, *ENCODER)
    assert 'was made with --bias 0.9' in capsys.readouterr().err
    with pytest.raises(SystemExit):
        call('analysis/frozen_features.py', '--toy', tmp_path, *ENCODER)
    assert 'has no meta.json' in capsys.readouterr().err
