"""The bias report with one command, on generated videos."""

import json
import runpy
import shutil
import sys

import numpy as np
import pytest
import torch
from mmaction.registry import MODELS
from mmengine.config import Config
from PIL import Image

from helpers.running import ROOT
from mmdebias.bias import Model, bias_report
from mmdebias.datasets.toy import ToyConfig, make_toy
from mmdebias.datasets.toy.masks import pack_masks

TOOL = ROOT / 'tools' / 'bias_report.py'


@pytest.fixture(scope='module')
def toy(tmp_path_factory):
    """Sixteen generated videos to train on, sixteen to test, with masks and scenes."""
    folder = tmp_path_factory.mktemp('bias') / 'toy'
    make_toy(folder, ToyConfig(videos=16, test_videos=16, size=(32, 32), frames=12), workers=1)
    return folder


@pytest.fixture(scope='module')
def models(tmp_path_factory):
    """``{name: [config, checkpoint]}`` of a small random classifier and a small random MoCo."""
    folder = tmp_path_factory.mktemp('models')
    found = {}
    for name in ('supervised', 'moco'):
        cfg = Config.fromfile(ROOT / 'configs' / name / 'r3d_toy.py')
        cfg.model.backbone.base_channels = 4
        if name == 'supervised':
            cfg.model.cls_head.in_channels = 32
            sampling = cfg.test_dataloader.dataset.pipeline.sample
            sampling.num_clips, sampling.clip_len, sampling.frame_interval = 2, 4, 1
            cfg.test_dataloader.update(num_workers=0, persistent_workers=False)
        else:
            cfg.model.neck.in_channels = 32
            cfg.train_dataloader.update(num_workers=0, persistent_workers=False)
            views = cfg.train_dataloader.dataset.pipeline.sample
            views.clip_len, views.frame_interval = 4, 1
        torch.manual_seed(0)
        (folder / name).mkdir()
        cfg.dump(folder / name / 'config.py')
        state = MODELS.build(cfg.model).state_dict()
        torch.save(dict(state_dict=state), folder / name / 'last.pth')
        found[name] = [folder / name / 'config.py', folder / name / 'last.pth']
    return found


def named(name, models):
    return ['--model', name, *models[name]]


@pytest.fixture
def report(monkeypatch, capsys):
    """``report(arguments)``: what the command printed, or the message it stopped with."""

    def run(*arguments):
        monkeypatch.setattr(sys, 'argv', [str(TOOL), *map(str, arguments)])
        try:
            runpy.run_path(str(TOOL), run_name='__main__')
        except SystemExit as stop:
            assert stop.code
            return f'{stop.code}\n{capsys.readouterr().err}'
        return capsys.readouterr().out

    return run


@pytest.mark.slow
def test_one_command_reports_on_both_kinds_and_reuses_what_it_has(toy, models, report, tmp_path):
    arguments = [
        *named('supervised', models), *named('moco', models), '--data', toy / 'test.txt', '--train',
        toy / 'train.txt', '--out', tmp_path / 'out', '--probes', 'original', 'scuba_stripes',
        'action_swap', 'static_frame',
    ]  # fmt: skip
    printed = report(*arguments)
    assert printed.count('Scoring 64 videos') == 2
    assert printed.count('Training a linear layer on features of 16 videos') == 1
    # The scene probe takes those of the test videos from the scoring.
    assert printed.count('Features of 16 train videos') == 2
    assert 'Features of 16 test videos' not in printed

    found = json.loads((tmp_path / 'out' / 'report.json').read_text())
    assert [entry['name'] for entry in found['checkpoints']] == ['supervised', 'moco']
    assert [entry['kind'] for entry in found['checkpoints']] == ['classifier', 'probe']
    assert found['checkpoints'][1]['train_videos'] == 16
    assert [measure['name'] for measure in found['measures']] == [
        'original/accuracy',
        'scuba_stripes/accuracy',
        'action_swap/foreground_accuracy',
        'action_swap/background_error',
        'static_frame/accuracy',
        'scene_probe/accuracy',
        'sensitivity/scene_share',
    ]
    for measure in found['measures']:
        assert measure['videos'] == 16 and len(measure['values']) == 2
        assert measure['differences'][0]['count'] == 16
        for entry in measure['values']:
            assert 0 <= entry['low'] <= entry['value'] <= entry['high'] <= 1
    assert found['setting']['scenes'] == dict(classes=8, train_videos=16, videos=16)
    assert found['setting']['masks']['kind'] == 'files'
    page = (tmp_path / 'out' / 'report.html').read_text()
    assert page.count('<figure>') == 3 * 4
    assert page.count('<img class="moving') <= 3 * 3  # one frame, repeated, does not move
    assert 'a linear layer was trained for this report' in page
    assert (tmp_path / 'out' / 'report.md').read_text() in printed

    again = report(*arguments)
    assert again.count('Reusing') == 2 and 'Scoring' not in again and 'Features' not in again
    assert json.loads((tmp_path / 'out' / 'report.json').read_text()) == found

    # By themselves, features and measures are what they were.
    features = {file: np.load(file) for file in (tmp_path / 'out' / 'features').iterdir()}
    for file in features:
        file.unlink()
    assert report(*arguments).count('Features of 16 test videos') == 2
    assert json.loads((tmp_path / 'out' / 'report.json').read_text()) == found
    assert len(features) == 4
    for file, values in features.items():
        np.testing.assert_allclose(np.load(file), values, atol=1e-6)

    # Another report must not land on this one unasked; what both have is not computed twice.
    less = arguments[4:]
    assert 'holds another report (checkpoints differ' in report(*less)
    assert report(*less, '--overwrite').count('Reusing') == 1
    found = json.loads((tmp_path / 'out' / 'report.json').read_text())
    assert [entry['name'] for entry in found['checkpoints']] == ['moco']


def test_masks_of_the_motion_and_pictures_behind_actors(toy, models, report, tmp_path):
    out, pictures = tmp_path / 'out', tmp_path / 'pictures'
    pictures.mkdir()
    for name in ('a.png', 'b.png'):
        Image.new('RGB', (40, 30), 'red').save(pictures / name)
    printed = report(
        '--model', 'a|b', models['supervised'][0], 'random', '--data', toy / 'test.txt',
        '--motion-masks', '--images', pictures, '--out', out, '--probes', 'scuba_images', '--seed',
        3, '--num-videos', 16,
    )  # fmt: skip
    assert len(list((out / 'random').glob('*.pth'))) == 1
    assert 'No scene probe' in printed and 'Motion masks are estimates' in printed
    setting = json.loads((out / 'setting.json').read_text())
    assert setting['masks']['kind'] == 'motion' and setting['seed'] == 3
    rows = [json.loads(line) for line in (out / 'manifest.jsonl').read_text().splitlines()]
    assert len(rows) == 16 and {row['background'] for row in rows} <= {'a.png', 'b.png'}
    model, data = (
        named('supervised', models),
        ['--data', toy / 'test.txt', '--out', tmp_path / 'other'],
    )
    assert 'holds no pictures' in report(*model, *data, '--images', toy / 'videos')
    assert 'need' in report(*model, *data, '--probes', 'scuba_images')
    assert "invalid choice: 'svm'" in report(*model, *data, '--probes', 'svm')


def changed(toy, folder, *lines):
    """A list beside a copy of the set."""
    shutil.copytree(toy, folder, dirs_exist_ok=True)
    (folder / 'list.txt').write_text(''.join(f'{line}\n' for line in lines))
    return folder / 'list.txt'


def test_wrong_lists_are_errors_before_anything_runs(toy, models, report, tmp_path):
    lines = (toy / 'test.txt').read_text().splitlines()
    model, out = named('supervised', models), ['--out', tmp_path / 'out']
    assert 'there is no list' in report(*model, '--data', tmp_path / 'no.txt', *out)

    def refusal(*lines):
        return report(*model, '--data', changed(toy, tmp_path / 'toy', *lines), *out)

    assert 'more than once' in refusal(lines[0], lines[0])
    one = [line for line in lines if line.endswith(' 0')]
    assert 'are of class 0' in refusal(*one)
    beyond = [line.replace(' 0', ' 9') for line in lines]
    assert 'has 8 classes, and the list has labels up to 9' in refusal(*beyond)
    assert not (tmp_path / 'out').exists()


def test_wrong_masks_are_errors_before_anything_runs(toy, models, report, tmp_path):
    model, out = named('supervised', models), ['--out', tmp_path / 'out']
    data = changed(toy, tmp_path / 'toy', *(toy / 'test.txt').read_text().splitlines())
    masks = sorted((tmp_path / 'toy' / 'masks' / 'test').glob('*.npz'))
    for file in masks:
        file.write_bytes(pack_masks(np.ones((12, 32, 16), bool)))
    assert 'masks of 32x16' in report(*model, '--data', data, *out)
    shutil.rmtree(tmp_path / 'toy' / 'masks' / 'test')
    assert '16 of 16 videos have no mask' in report(*model, '--data', data, *out)
    shutil.rmtree(tmp_path / 'toy' / 'masks')
    assert 'give masks, a folder, boxes or motion' in report(*model, '--data', data, *out)
    assert not (tmp_path / 'out').exists()


def test_wrong_checkpoints_are_errors_before_anything_runs(toy, models, report, tmp_path):
    rest = ['--data', toy / 'test.txt', '--out', tmp_path / 'out']
    config, moco = models['supervised'][0], models['moco']
    # A pre-trained encoder under a classifier's config: it has no head.
    message = report('--model', 'a', config, moco[1], *rest)
    assert 'is not a checkpoint of the Recognizer3D' in message
    assert 'missing     cls_head.fc_cls.weight' in message
    assert 'moco has no classes' in report(*named('moco', models), *rest)
    big = ROOT / 'configs' / 'moco' / 'r3d_toy.py'
    message = report('--model', 'a', big, moco[1], *rest, '--train', toy / 'train.txt')
    assert 'is not the ResNet3d of the config' in message
    assert 'takes NAME CONFIG CHECKPOINT' in report('--model', config, moco[1], *rest)
    assert 'is no config' in report('--model', 'a', moco[1], moco[1], *rest)
    assert '--model a: there is no file nowhere.py; give the config' in report(
        '--model', 'a', 'nowhere.py', moco[1], *rest
    )
    assert '--model a: there is no file no.pth; give a checkpoint' in report(
        '--model', 'a', config, 'no.pth', *rest
    )
    twice = [*named('supervised', models), *named('supervised', models)]
    assert '--model supervised is given twice' in report(*twice, *rest)
    assert not (tmp_path / 'out').exists()


def test_the_report_is_a_function(toy, models, tmp_path):
    found = bias_report(
        [Model('net', *models['supervised'])],
        toy / 'test.txt',
        out=tmp_path / 'out',
        probes=['original', 'background_only'],
    )
    assert 0 <= found.value('net', 'background_only/accuracy') <= 1
    assert found.content == json.loads((tmp_path / 'out' / 'report.json').read_text())
    assert found.page() == (tmp_path / 'out' / 'report.html').read_text()
    without_folder = bias_report(
        [Model('net', *models['supervised'])], toy / 'test.txt', probes=['background_only']
    )
    name = 'background_only/accuracy'
    assert without_folder.value('net', name) == found.value('net', name)
    with pytest.raises(KeyError, match='no action_swap/background_error of net'):
        found.value('net', 'action_swap/background_error')
    for options, message in (
        (dict(seed=-1), 'seed=-1'),
        (dict(probes=['svm']), r"probes=\['svm'\] are not known"),
    ):
        with pytest.raises(ValueError, match=message):
            bias_report(
                [Model('net', *models['supervised'])],
                toy / 'test.txt',
                out=tmp_path / 'b',
                **options,
            )
    with pytest.raises(ValueError, match='models is empty'):
        bias_report([], toy / 'test.txt', out=tmp_path / 'b')
