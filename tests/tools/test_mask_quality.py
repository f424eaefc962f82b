import json
import re
import runpy
import sys

import pytest

from helpers.running import ROOT
from helpers.videos import write_video
from mmdebias.datasets.toy import ToyConfig, make_toy


def table(monkeypatch, capsys, *arguments):
    """The printed Markdown table as ``{row: [cells]}``."""
    tool = ROOT / 'tools' / 'analysis' / 'mask_quality.py'
    monkeypatch.setattr(sys, 'argv', [str(tool), *map(str, arguments)])
    runpy.run_path(str(tool), run_name='__main__')
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith('|')]
    rows = [[cell.strip() for cell in line.strip('|').split('|')] for line in lines]
    return {row[0]: row[1:] for row in rows}


def test_the_readme_says_where_each_real_clip_is():
    boxes = json.loads((ROOT / 'tools/analysis/sample_boxes.json').read_text())
    readme = (ROOT / 'configs/fame/README.md').read_text()
    assert re.findall(r'^cp \S+ clips/(\S+)$', readme, re.MULTILINE) == sorted(boxes)
    names = re.search(r'^\| mask \| (apply.*) \|$', readme, re.MULTILINE)[1].split(' | ')
    assert names == [name.partition('.')[0] for name in sorted(boxes)]


def test_robust_masks_fit_small_actors_better(monkeypatch, capsys, tmp_path):
    config = ToyConfig(videos=8, test_videos=8, actor_size=(0.3, 0.4), bias=0.125)
    make_toy(tmp_path / 'toy', config, workers=1)
    rows = table(monkeypatch, capsys, 'toy', '--data', tmp_path / 'toy' / 'train.txt', '--size', 64)
    assert float(rows['fame, robust'][0]) > 2 * float(rows['fame (paper)'][0])


def test_boxes_of_a_moving_square(monkeypatch, capsys, tmp_path):
    import numpy as np

    frames = np.full((40, 64, 64, 3), 90, dtype=np.uint8)
    for t in range(40):
        frames[t, 20:36, t // 2 : 16 + t // 2] = (220, 30, 30)
    write_video(tmp_path / 'square.mp4', frames)
    boxes = {'square.mp4': {'0': [[0, 0.31, 0.25, 0.56]], '30': [[0.23, 0.31, 0.48, 0.56]]}}
    (tmp_path / 'boxes.json').write_text(json.dumps(boxes))
    rows = table(
        monkeypatch, capsys, 'boxes', '--boxes', tmp_path / 'boxes.json', '--data-root', tmp_path,
        '--size', 64, '--out', tmp_path / 'masks.png',
    )  # fmt: skip
    covered, outside = map(float, rows['fame, robust'][0].split(' / '))
    assert covered > 0.7 and outside < 0.4
    assert (tmp_path / 'masks.png').exists()


def test_missing_files_are_named(monkeypatch, capsys, few_videos, tmp_path):
    (tmp_path / 'boxes.json').write_text('{"none.mp4": {"0": [[0, 0, 1, 1]]}}')
    for arguments, says in (
        (['toy', '--data', tmp_path / 'no.txt'], '--data: there is no file'),
        (['toy', '--data', few_videos / 'train.txt'], 'has no masks beside it'),
        (['boxes', '--boxes', 'no.json', '--data-root', tmp_path], '--boxes: there is no file no'),
        (
            ['boxes', '--boxes', tmp_path / 'boxes.json', '--data-root', tmp_path],
            f'--data-root: there is no file {tmp_path / "none.mp4"}',
        ),
    ):
        with pytest.raises(SystemExit) as stopped:
            table(monkeypatch, capsys, *arguments)
        assert says in str(stopped.value)
