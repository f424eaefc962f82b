import runpy
import sys

import cv2
import pytest

from helpers.running import ROOT


def show_augment(monkeypatch, *arguments):
    tool = ROOT / 'tools' / 'analysis' / 'show_augment.py'
    monkeypatch.setattr(sys, 'argv', [str(tool), *map(str, arguments)])
    runpy.run_path(str(tool), run_name='__main__')


@pytest.mark.parametrize('config', ['fame/r3d_toy.py', 'supervised/r3d_toy_fame.py'])
def test_each_video_gets_a_row_and_a_film(monkeypatch, few_videos, tmp_path, config):
    videos = sorted(few_videos.glob('*.mp4'))[:3]
    show_augment(monkeypatch, ROOT / 'configs' / config, *videos, '--out', tmp_path)
    films = sorted(path.name for path in tmp_path.glob('*.mp4'))
    assert films == ['00_00.mp4', '01_01.mp4', '02_02.mp4']
    assert cv2.imread(str(tmp_path / 'views.png')).std() > 10


def test_missing_video_is_named(monkeypatch, capsys, tmp_path):
    with pytest.raises(SystemExit):
        show_augment(monkeypatch, ROOT / 'configs/fame/r3d_toy.py', tmp_path / 'none.mp4')
    assert 'none.mp4' in capsys.readouterr().err
