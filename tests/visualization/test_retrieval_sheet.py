import runpy
import sys

import cv2
import numpy as np
import pytest
import torch
from mmaction.registry import MODELS
from mmengine.config import Config

from helpers.running import ROOT
from mmdebias.visualization import draw_retrieval_sheet


def share(picture, colour):
    """Of pixels that have about this colour, RGB in [0, 1]."""
    return (np.abs(picture[..., ::-1] / 255 - colour).max(-1) < 0.04).mean()


def test_right_neighbours_are_green_and_wrong_ones_red(few_videos, tmp_path):
    from mmdebias.visualization.retrieval_sheet import RIGHT, WRONG

    videos = [(str(few_videos / f'{i:02}.mp4'), i % 2) for i in range(6)]
    one, none = [[videos[2], videos[1]]], [[videos[1], videos[3]]]
    mixed = cv2.imread(str(draw_retrieval_sheet(tmp_path / 'new' / 'a.png', videos[:1], one)))
    wrong = cv2.imread(str(draw_retrieval_sheet(tmp_path / 'b.png', videos[:1], none)))
    # A few pixels of a frame may have the colour.
    assert share(mixed, RIGHT) > 0.01 and share(wrong, RIGHT) < 0.001
    assert share(wrong, WRONG) == pytest.approx(2 * share(mixed, WRONG), rel=0.1)


def test_classes_are_named_below_the_frames(few_videos, tmp_path, monkeypatch):
    drawn = []
    monkeypatch.setattr(
        'mmdebias.visualization.retrieval_sheet.new_sheet',
        lambda path, columns, captions: drawn.append(captions),
    )
    videos = [(str(few_videos / f'{i:02}.mp4'), i % 2) for i in range(3)]
    long = 'Pretending to put something on a surface but failing and dropping it'
    for classes in ([], ['jump_rope', long]):
        draw_retrieval_sheet(tmp_path / 'a.png', videos[:2], [[videos[2]]] * 2, classes=classes)
    assert drawn[0] == [['class 0', 'class 0'], ['class 1', 'class 0']]
    (query, neighbour), (other, _) = drawn[1]
    assert query == neighbour == 'jump rope'
    assert other.startswith('Pretending to put\nsomething') and other.endswith(' ...')
    assert max(map(len, other.splitlines())) <= 24
    with pytest.raises(ValueError, match='of class 1, and there are 1 names'):
        draw_retrieval_sheet(tmp_path / 'a.png', videos[:2], [[videos[2]]] * 2, classes=['one'])


def test_command_draws_the_nearest_training_videos(few_videos, tmp_path, monkeypatch, capsys):
    config = ROOT / 'configs' / 'retrieval' / 'r3d_toy.py'
    cfg = Config.fromfile(config)
    cfg.model.backbone.base_channels = 4
    backbone = MODELS.build(cfg.model.backbone)
    state = {f'backbone.{name}': tensor for name, tensor in backbone.state_dict().items()}
    torch.save(dict(state_dict=state), tmp_path / 'a.pth')
    tool = ROOT / 'tools' / 'analysis' / 'retrieval_sheet.py'
    # classes.txt lies beside the lists.
    for name in ('train.txt', 'test.txt'):
        (tmp_path / name).write_text((few_videos / name).read_text())
    (tmp_path / 'classes.txt').write_text('right\ndown\n')
    sides = [
        f'test_dataloader.dataset.{side}.{key}'
        for side, name in (('gallery', 'train.txt'), ('query', 'test.txt'))
        for key in (f'data_root={few_videos}', f'ann_file={tmp_path / name}')
    ]
    command = [
        tool, '--model', 'sheet', config, tmp_path / 'a.pth', '--out', tmp_path, '--queries', 2,
        '--cfg-options', 'model.backbone.base_channels=4', *sides,
    ]  # fmt: skip
    monkeypatch.setattr(sys, 'argv', list(map(str, command)))
    monkeypatch.syspath_prepend(tool.parent)  # as when it is run as a script
    runpy.run_path(str(tool), run_name='__main__')
    assert 'sheet.png' in capsys.readouterr().out
    picture = cv2.imread(str(tmp_path / 'sheet.png'))
    assert picture.shape[1] > 1.5 * picture.shape[0]  # two queries, each with three neighbours

    (tmp_path / 'names.txt').write_text('only_one\n')
    monkeypatch.setattr(sys, 'argv', [*map(str, command), '--classes', str(tmp_path / 'names.txt')])
    with pytest.raises(SystemExit, match='give the names of this data set'):
        runpy.run_path(str(tool), run_name='__main__')
