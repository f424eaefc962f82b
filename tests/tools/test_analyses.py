"""The papers' analyses as commands, on small videos with nets of random weights."""

import json
import runpy
import shutil
import sys

import cv2
import decord
import numpy as np
import pytest
import torch
from mmaction.registry import MODELS
from mmengine.config import Config

from helpers.running import ROOT
from helpers.videos import write_video
from mmdebias.datasets import StaticClip
from mmdebias.datasets.toy.masks import pack_masks

FOLDER = ROOT / 'tools' / 'analysis'
SUPERVISED = ROOT / 'configs' / 'supervised' / 'r3d_toy.py'
MOCO = ROOT / 'configs' / 'moco' / 'r3d_toy.py'
SMALL = ['--cfg-options', 'model.backbone.base_channels=4', 'model.cls_head.in_channels=32']


@pytest.fixture
def tool(monkeypatch, capsys):
    """``tool(name, *arguments)`` runs one and returns what it printed."""
    monkeypatch.syspath_prepend(str(FOLDER))

    def run(name, *arguments):
        monkeypatch.setattr(sys, 'argv', [name, *map(str, arguments)])
        runpy.run_path(str(FOLDER / f'{name}.py'), run_name='__main__')
        return capsys.readouterr().out

    return run


@pytest.fixture(scope='module')
def checkpoint(tmp_path_factory):
    """Of a classifier of eight classes."""
    cfg = Config.fromfile(SUPERVISED)
    cfg.model.backbone.base_channels, cfg.model.cls_head.in_channels = 4, 32
    torch.manual_seed(0)
    file = tmp_path_factory.mktemp('run') / 'epoch_1.pth'
    torch.save(dict(state_dict=MODELS.build(cfg.model).state_dict()), file)
    return file


@pytest.fixture
def models(checkpoint):
    return ['--model', 'a', SUPERVISED, checkpoint, '--model', 'b', SUPERVISED, 'random', *SMALL]


@pytest.fixture
def masked(few_videos, tmp_path):
    """Two videos with the exact masks of their squares."""
    for folder in ('videos', 'masks'):
        (tmp_path / folder).mkdir()
    for index in range(2):
        masks = np.zeros((24, 64, 64), bool)
        for t in range(24):
            start = [4, 4]
            start[index % 2] += t
            masks[t, start[1] : start[1] + 12, start[0] : start[0] + 12] = True
        shutil.copy(few_videos / f'{index:02}.mp4', tmp_path / 'videos')
        (tmp_path / 'masks' / f'{index:02}.npz').write_bytes(pack_masks(masks))
    return sorted((tmp_path / 'videos').iterdir())


@pytest.mark.parametrize('kind', ['caam', 'cam'])
def test_activation_maps(tool, models, masked, tmp_path, kind):
    printed = tool(
        'activation_maps', '--data', *masked, '--map', kind, '--out', tmp_path / 'out', *models
    )
    assert 'foreground from exact masks' in printed and '\n| a | ' in printed
    rows = json.loads((tmp_path / 'out' / 'maps.json').read_text())['videos']
    shares = [share for row in rows for share in row['models'].values()]
    assert [share['foreground'] for share in shares] == pytest.approx(
        [12**2 / 64**2] * 4, abs=0.005
    )
    assert all(0 <= share['inside'] <= 1 for share in shares)
    assert cv2.imread(str(tmp_path / 'out' / f'{kind}.png')).std() > 10
    film = decord.VideoReader(str(tmp_path / 'out' / f'01_01_{kind}.mp4'))
    assert len(film) == 8 and film[0].shape[1] == 3 * 192


def test_activation_maps_without_masks_say_so(tool, models, few_videos, tmp_path):
    video = few_videos / '00.mp4'
    printed = tool('activation_maps', '--data', video, '--out', tmp_path, '--drawn', 0, *models)
    assert "foreground from FAME's motion mask" in printed


def test_pre_trained_encoders_of_another_config_stand_beside(tool, models, masked, tmp_path):
    beside = ['--model', 'c', MOCO, 'random', *models]
    printed = tool('activation_maps', '--data', masked[0], '--out', tmp_path / 'out', *beside)
    assert '| c |' in printed


def test_adversarial_inputs(tool, models, masked, tmp_path):
    out = tmp_path / 'out.png'
    printed = tool('adversarial_inputs', '--data', *masked, '--out', out, *models)
    numbers = json.loads(printed[printed.index('{') : printed.rindex('}') + 1])
    assert list(numbers['a']) == ['normal clip', 'static clip', 'static person', 'static frame']
    assert numbers['a']['normal clip']['response'] == 1
    assert numbers['a']['static frame']['response'] != 1
    assert cv2.imread(str(out)).std() > 10


def test_response_curve(tool, models, few_videos, tmp_path):
    printed = tool('response_curve', '--data', few_videos / '00.mp4', '--out', tmp_path, *models)
    assert json.loads(printed.splitlines()[0])['windows'] == 3
    row = json.loads((tmp_path / '00.json').read_text())
    assert row['frames'] == [8, 12, 16]
    frames = decord.VideoReader(str(few_videos / '00.mp4'))[:].asnumpy()
    small = np.stack([cv2.resize(frame, (48, 48)) for frame in frames]).astype(int)
    moved = [np.abs(np.diff(small[s : s + 16], axis=0)).mean() for s in (0, 4, 8)]
    assert row['motion'] == pytest.approx(moved, abs=0.002)
    assert cv2.imread(str(tmp_path / '00.png')).std() > 10


def test_sensitivity(tool, models, masked, tmp_path):
    out = tmp_path / 'out'
    printed = tool('sensitivity', '--data', *masked, '--shift', 2, '--out', out, *models)
    assert '2 videos; foreground from exact masks' in printed and '| **scene against' in printed
    found = json.loads((out / 'sensitivity.json').read_text())
    assert list(found['models']) == ['a', 'b'] and found['masks'] == 'exact masks'
    for felt in found['models'].values():
        changes = felt['changes']
        assert len(changes) == 11 and 'another video' not in changes
        unit = felt['another_video']['cosine_distance']
        for one in [*changes.values(), felt['scene_against_motion']]:
            assert 0 <= one['low'] <= one['share'] <= one['high']
        for one in changes.values():
            assert one['share'] == pytest.approx(one['cosine_distance'] / unit)
        assert 0 <= felt['scene_against_motion']['share'] <= 1
    assert cv2.imread(str(out / 'sensitivity.png')).std() > 10


def test_sensitivitys_intervals_know_that_the_unit_is_measured_too(monkeypatch):
    """Of 95 % intervals of a share, 19 in 20 should hold it; of a fixed unit 16 in 20 did."""
    monkeypatch.syspath_prepend(str(FOLDER))
    numbers = runpy.run_path(str(FOLDER / 'sensitivity.py'))['numbers']
    rng = np.random.default_rng(0)
    held = 0
    for seed in range(100):
        of_scenes, of_videos = rng.gamma(1, 0.05, 48), rng.gamma(1, 0.1, 48)
        names = ('other scene', 'time reversed', 'frames shuffled', 'frozen')
        distances = dict.fromkeys(names, of_scenes) | {'another video': of_videos}
        found = numbers(distances, seed)['changes']['frozen']
        held += found['low'] <= 0.5 <= found['high']
    assert held >= 89


def test_static_gain_of_probes(tool, models, few_videos, tmp_path, monkeypatch):
    monkeypatch.chdir(few_videos.parent)  # lists are named from where one stands
    name = few_videos.name
    lists = ['--train', f'{name}/train.txt', '--data', f'{name}/test.txt']
    out = tmp_path / 'gain.png'
    printed = tool('static_gain', 'probe', *lists, '--baseline', 'b', '--out', out, *models)
    assert [line.split(' |')[0] for line in printed.splitlines()[2:5]] == [
        '| a',
        '| b',
        '| a over b',
    ]
    assert 'no correlation defined' in printed  # of two classes
    report = json.loads(out.with_suffix('.json').read_text())
    for name in 'ab':
        static, normal, gain = (report[name][key] for key in ('static', 'normal', 'gain'))
        for s, n, g in zip(static, normal, gain):
            assert g == (pytest.approx((n - s) / s, abs=1e-5) if s else None)
    assert cv2.imread(str(out)).std() > 10


def test_static_gain_of_classifiers(tool, checkpoint, few_videos, tmp_path):
    config = tmp_path / 'small.py'
    config.write_text(f"""
_base_ = '{SUPERVISED}'
model = dict(backbone=dict(base_channels=4), cls_head=dict(in_channels=32))
test_dataloader = dict(
    num_workers=0, persistent_workers=False, dataset=dict(data_root='{few_videos}')
)
""")
    named = [('--model', name, config, checkpoint) for name in ('static', 'normal', 'baseline')]
    options = ['--out', tmp_path / 'gain.png']
    printed = tool('static_gain', 'classifiers', *sum(named, ()), *options)
    report = json.loads((tmp_path / 'gain.json').read_text())
    assert '| normal over baseline |' in printed
    # The same classifier three times gains nothing, and six classes have no video.
    assert report['normal']['static'] == report['normal']['normal']
    assert all(gain in (0, None) for gain in report['normal']['gain'])
    assert report['normal']['normal'][2:] == [None] * 6


def test_static_models_can_be_tested_on_static_clips(
    tool, checkpoint, models, few_videos, tmp_path, monkeypatch
):
    frozen = []
    transform = StaticClip.transform
    monkeypatch.setattr(
        StaticClip, 'transform', lambda self, results: frozen.append(1) or transform(self, results)
    )
    lists = ['--train', few_videos / 'train.txt', '--data', few_videos / 'test.txt']
    out = ['--out', tmp_path / 'gain.png']
    counts = []
    for options in ([], ['--static-test']):
        tool('static_gain', 'probe', *lists, *out, *options, *models)
        counts.append(len(frozen))
        frozen.clear()
    tests = len((few_videos / 'test.txt').read_text().splitlines())
    assert counts[1] - counts[0] == 2 * tests  # of two models

    config = tmp_path / 'small.py'
    config.write_text(f"""
_base_ = '{SUPERVISED}'
model = dict(backbone=dict(base_channels=4), cls_head=dict(in_channels=32))
test_dataloader = dict(
    num_workers=0, persistent_workers=False, dataset=dict(data_root='{few_videos}')
)
""")
    named = [('--model', name, config, checkpoint) for name in ('static', 'normal')]
    tool('static_gain', 'classifiers', *sum(named, ()), *out, '--static-test')
    assert len(frozen) == tests


def test_temporal_kernels(tool, models, tmp_path):
    printed = tool('temporal_kernels', '--out', tmp_path / 'out.png', '--kind', '3d', *models)
    assert '| layer1.0.conv1.conv | 432 |' in printed  # 4 x 4 x 3 x 3 x 3
    assert cv2.imread(str(tmp_path / 'out.png')).std() > 10


def test_wrong_input_is_one_message(tool, models, checkpoint, few_videos, tmp_path):
    video, short = few_videos / '00.mp4', tmp_path / 'three_frames.mp4'
    write_video(short, np.zeros((3, 32, 32, 3), np.uint8))
    normal = ['--model', 'a', SUPERVISED, checkpoint]
    maps, curve = ['activation_maps', '--data'], ['response_curve', '--data']
    lists = ['--train', few_videos / 'train.txt', '--data', few_videos / 'test.txt']
    for arguments, says in (
        # A checkpoint of another architecture: eight times as wide.
        ([*maps, video, *normal], 'the encoder in the file is not the ResNet3d'),
        ([*maps, video, '--map', 'cam', *normal], 'is not the ResNet3d'),
        ([*maps, video, '--map', 'cam', '--model', 'm', MOCO, 'random'], 'caam'),
        ([*maps, short, *models], 'three_frames.mp4 has 3 frame(s)'),
        ([*curve, short, *models], 'fewer than the window of 16'),
        ([*curve, video, '--stride', '99', *models], 'room for one window only'),
        ([*maps, tmp_path / 'none.mp4', *models], f'--data: there is no file {tmp_path}/none.mp4'),
        ([*maps, video, '--masks', tmp_path, *models], 'has no masks'),
        (['sensitivity', '--data', video, *models], 'give two videos or more'),
        (['sensitivity', '--data', video, video, '--shift', '-1', *models], '--shift -1'),
        (['temporal_kernels', '--out', tmp_path / 'a.png', *models], 'no temporal convolutions'),
        (['static_gain', 'probe', *lists, '--baseline', 'z', *models], '--baseline z'),
        (['static_gain', 'probe', *lists, '--train', 'no.txt', *models], '--train: there is no'),
        (['static_gain', 'probe', *lists, '--classes', 'no.txt', *models], '--classes: there is'),
        ([*maps, video, *models, '--model', 'a', MOCO, 'random'], 'given twice'),
        ([*maps, video, '--model', 'a', 'no.py', 'random'], '--model a: there is no file no.py'),
        ([*maps, video, '--model', 'a', MOCO, 'no.pth'], 'no file no.pth; give a checkpoint file'),
        ([*maps, video, '--model', 'a', checkpoint, MOCO], 'is no config; a model is NAME CONFIG'),
        (['static_gain', 'classifiers', *models], "name one 'static', one 'normal'"),
    ):
        with pytest.raises(SystemExit) as stopped:
            tool(*arguments)
        assert str(stopped.value).startswith('error: ') and says in str(stopped.value)


@pytest.mark.parametrize('values', [['a', MOCO], ['a', MOCO, 'random', 'more']])
def test_a_wrong_number_of_values_says_what_a_model_is(tool, capsys, few_videos, values):
    with pytest.raises(SystemExit):
        tool('temporal_kernels', '--model', *values)
    assert '; --model takes NAME CONFIG CHECKPOINT, once for each' in capsys.readouterr().err


def test_adversarial_inputs_need_two_videos(tool, capsys, models, masked):
    with pytest.raises(SystemExit):
        tool('adversarial_inputs', '--data', masked[0], *models)
    assert 'give another video as well' in capsys.readouterr().err
