import runpy
import sys

import cv2
import pytest

from helpers.running import ROOT


def show_augment(monkeypatch, *arguments):
    tool = ROOT / 'tools' / 'analysis' / 'show_augment.py'
    monkeypatch.setattr(sys, 'argv', [str(tool), *map(str, arguments)])
    runpy.run_path(str(tool), run_name='__main__')


@pytest.mark.parametrize(
    'config', ['fame/r3d_toy.py', 'fame/ablations_toy.py', 'supervised/r3d_toy_fame.py']
)
def test_each_video_gets_a_row_and_a_film(monkeypatch, few_videos, tmp_path, config):
    videos = sorted(few_videos.glob('*.mp4'))[:3]
    config = ROOT / 'configs' / config
    show_augment(monkeypatch, '--config', config, '--data', *videos, '--out', tmp_path)
    films = sorted(path.name for path in tmp_path.glob('*.mp4'))
    assert films == ['00_00.mp4', '01_01.mp4', '02_02.mp4']
    assert cv2.imread(str(tmp_path / 'views.png')).std() > 10


@pytest.mark.parametrize(
    ('config', 'video', 'says'),
    [
        ('fame/r3d_toy.py', 'none.mp4', '--data: there is no file'),
        ('fame/none.py', '00.mp4', '--config: there is no file'),
    ],
)
def test_a_missing_file_is_named(monkeypatch, few_videos, config, video, says):
    named = ['--config', ROOT / 'configs' / config, '--data', few_videos / video]
    with pytest.raises(SystemExit) as stopped:
        show_augment(monkeypatch, *named)
    assert says in str(stopped.value) and 'none' in str(stopped.value)


def test_a_damaged_video_is_named(monkeypatch, few_videos, tmp_path):
    whole = (few_videos / '00.mp4').read_bytes()
    (tmp_path / 'cut.mp4').write_bytes(whole[: len(whole) // 2])
    named = ['--config', ROOT / 'configs' / 'fame' / 'r3d_toy.py', '--out', tmp_path / 'out']
    with pytest.raises(SystemExit, match=r'^error: .*cut\.mp4'):
        show_augment(monkeypatch, *named, '--data', few_videos / '00.mp4', tmp_path / 'cut.mp4')
    assert not (tmp_path / 'out').exists()
