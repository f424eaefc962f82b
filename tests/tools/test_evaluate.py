"""The whole table of a checkpoint with one command."""

import argparse
import json
import runpy
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from mmaction.registry import DATASETS, MODELS
from mmengine.config import Config

from helpers.normal_form import digest
from helpers.running import ROOT, run
from mmdebias import runs
from mmdebias.cli import NamedModel
from mmdebias.intervals import confidence_interval
from mmdebias.processes import FolderInUseError
from mmdebias.weights import CheckpointError

EVALUATE = [sys.executable, ROOT / 'tools' / 'evaluate.py']


@pytest.mark.slow
def test_table_is_whole_and_made_once(call, monkeypatch, tmp_path, few_videos):
    tmp_path = tmp_path / 'my runs, new'  # paths that MMEngine's parser of options would spoil
    data = tmp_path / 'data'
    data.mkdir(parents=True)
    (data / 'toy').symlink_to(few_videos)
    cfg = Config.fromfile(ROOT / 'configs/finetune/r3d_toy.py')
    cfg.model.backbone.base_channels = 4
    backbone = MODELS.build(cfg.model.backbone)
    state = {f'backbone.{name}': tensor for name, tensor in backbone.state_dict().items()}
    torch.save(dict(state_dict=state), tmp_path / 'pretrained.pth')

    command = [
        'evaluate.py', '--model', 'FAME', 'configs/fame/r3d_toy.py', tmp_path / 'pretrained.pth',
        '--dataset', 'toy', '--out', tmp_path / 'out',
        '--protocols', 'linear,knn,retrieval,clips',
        '--cfg-options', 'model.backbone.base_channels=4',
        'linear:train_cfg.max_epochs=1', 'linear:model.cls_head.in_channels=32',
    ]  # fmt: skip
    monkeypatch.setenv('MMDEBIAS_DATA', str(data))
    first = call(*command)
    assert first.count('$ python tools/train.py') == 1
    assert first.count('$ python tools/test.py') == 4
    (path,) = (tmp_path / 'out' / 'FAME').glob('*/retrieval/split1_*')
    folder = path.parent.parent
    table = json.loads((folder / 'table.json').read_text())
    metrics = [row['metric'] for row in table['rows']]
    assert {'acc/top1', 'knn/top1', 'retrieval/R@50', 'clip_retrieval/R@1'} <= set(metrics)
    assert table['setting']['seed'] == 0 and 'torch' in table['setting']['versions']
    for row in table['rows']:
        assert 0 <= row['low'] <= row['value'] <= row['high'] <= 1 and row['videos'] == 4
        assert row['splits'] == {'1': row['value']}
    assert '| retrieval | retrieval/R@1 |' in (folder / 'table.md').read_text()

    # Nothing runs a second time, and the table is the same.
    again = call(*command)
    assert again.count('Reusing') == 4 and '$ python' not in again
    assert json.loads((folder / 'table.json').read_text()) == table


@pytest.mark.slow
def test_table_of_three_splits_is_their_mean(call, monkeypatch, tmp_path, few_videos):
    # The lists of prepare.py, with other videos to search and to search with in each split.
    root = tmp_path / 'data' / 'ucf101'
    root.mkdir(parents=True)
    (root / 'videos').symlink_to(few_videos)
    lines = ''.join((few_videos / f'{side}.txt').read_text() for side in ('train', 'test'))
    lines = lines.splitlines(keepends=True)
    for split, count in ((1, 3), (2, 5), (3, 4)):
        query = lines[2 * split : 2 * split + count]
        gallery = [line for line in lines if line not in query]
        for side, part in (('train', gallery), ('val', query)):
            (root / f'ucf101_{side}_split_{split}_videos.txt').write_text(''.join(part))
    pipeline = 'test_dataloader.dataset.pipeline'
    command = [
        'evaluate.py', '--model', 'BE', 'configs/be/r3d_18_ucf101.py', 'random',
        '--dataset', 'ucf101', '--splits', '1,2,3', '--protocols', 'knn', '--out', tmp_path / 'out',
        '--cfg-options', f'{pipeline}.sample.clip_len=4', f'{pipeline}.scale.scale=(-1,32)',
        f'{pipeline}.centre.crop_size=32', 'test_dataloader.num_workers=1',
    ]  # fmt: skip
    monkeypatch.setenv('MMDEBIAS_DATA', str(tmp_path / 'data'))
    log = call(*command)
    assert log.count('$ python tools/test.py') == 3
    (path,) = (tmp_path / 'out' / 'BE').glob('*/table.json')
    (weights,) = (tmp_path / 'out' / 'BE').glob('random_*.pth')
    assert json.loads(path.read_text())['setting']['checkpoint'] == str(weights)
    row = next(r for r in json.loads(path.read_text())['rows'] if r['metric'] == 'knn/top1')
    assert list(row['splits']) == ['1', '2', '3']
    # Each split is its own: shares of 3, of 5 and of 4 videos.
    for share, count in zip(row['splits'].values(), (3, 5, 4)):
        assert share * count == pytest.approx(round(share * count))
    assert row['value'] == pytest.approx(sum(row['splits'].values()) / 3)
    # The interval is that of one split's videos: three that share videos do not narrow it.
    assert row['videos'] == 4
    assert (row['low'], row['high']) == pytest.approx(confidence_interval(row['value'], 4))
    assert f'1: {100 * row["splits"]["1"]:.1f}, 2: ' in path.with_name('table.md').read_text()


@pytest.mark.slow
def test_what_cannot_be_evaluated_is_named(tmp_path):
    def say(*arguments):
        return run([*EVALUATE, *arguments], check=False)

    checkpoint = tmp_path / 'a.pth'
    checkpoint.touch()
    model = ['--model', 'a', 'configs/fame/r3d_toy.py', checkpoint]
    toy = [*model, '--dataset', 'toy']
    assert "--protocols svm: 'svm' is no protocol; there are" in say(*toy, '--protocols', 'svm')
    misspelt = say(*toy, '--cfg-options', 'finetunee:train_cfg.max_epochs=1')
    assert "'finetunee' is no protocol; 'finetune' is meant?" in misspelt
    assert '--splits 2: sthv2 has 1' in say(*model, '--dataset', 'sthv2', '--splits', '2')
    assert '--gpus 0 must be' in say(*toy, '--gpus', '0')
    assert 'invalid choice' in say(*model, '--dataset', 'imagenet')
    assert 'a.pth is empty (0 bytes)' in say(*toy)
    options = ['--protocols', 'linear,knn', '--cfg-options', 'train_cfg.max_epochs=1']
    message = say(*toy, *options)
    assert 'knn has no train_cfg, it trains nothing' in message and 'Traceback' not in message
    assert 'such as finetune:train_cfg.max_epochs=1' in message
    assert 'no file none.pth' in say(*model[:3], 'none.pth', '--dataset', 'toy')
    (tmp_path / 'stock.py').write_text("model = dict(backbone=dict(type='ResNet3d'))")
    stock = ['--model', 'a', tmp_path / 'stock.py', checkpoint, '--dataset', 'toy']
    assert 'stock.py joins none of configs/_base_/encoders, which are c3d, i3d' in say(*stock)


def knn_args(tmp_path, *options):
    return argparse.Namespace(
        dataset='toy', out=tmp_path, splits=['1'], protocols=['knn'], gpus=1, seed=0,
        cfg_options=list(options),
    )  # fmt: skip


def test_half_a_result_is_made_again(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(runs, 'test', lambda *given, **more: {'knn/top1': 0.5})
    monkeypatch.setitem(MODULE['run_protocol'].__globals__, 'count_videos', lambda *given: 4)
    given = (knn_args(tmp_path), tmp_path / 'a.pth', 'knn', tmp_path / 'a.py', '1', tmp_path)
    first = MODULE['run_protocol'](*given)
    whole = (tmp_path / 'result.json').read_text()
    damaged = [whole[:9], '{}', '[]', '{"metrics": {}}', whole.replace('0.5', 'NaN')]
    for text in damaged:
        (tmp_path / 'result.json').write_text(text)
        assert MODULE['run_protocol'](*given) == first
        assert 'result.json is damaged: testing again' in capsys.readouterr().out
        assert (tmp_path / 'result.json').read_text() == whole
    MODULE['run_protocol'](*given)
    assert 'Reusing' in capsys.readouterr().out


def test_two_runs_do_not_write_into_one_folder(tmp_path, monkeypatch):
    (tmp_path / 'a.pth').touch()
    model = NamedModel('a', ROOT / 'configs/fame/r3d_toy.py', tmp_path / 'a.pth')

    def run_protocol(args, *given):
        with pytest.raises(FolderInUseError, match='is being written to by process'):
            MODULE['evaluate'](args, model, 'r3d_toy')
        raise RuntimeError('here')

    monkeypatch.setitem(MODULE['evaluate'].__globals__, 'run_protocol', run_protocol)
    with pytest.raises(RuntimeError, match='here'):
        MODULE['evaluate'](knn_args(tmp_path), model, 'r3d_toy')


def test_an_option_that_changes_nothing_is_said_at_once(tmp_path, capsys):
    args = knn_args(tmp_path, 'modle.x=1', 'linear:mdl.y=1', 'knn:test_cfg.dtpye=float16')
    MODULE['say_misspelt'](args, 'knn', ROOT / 'configs/retrieval/r3d_toy.py')
    said = capsys.readouterr().out
    assert 'warning: knn: --cfg-options modle.x: there is no such key; model is meant?' in said
    assert 'linear' not in said


def test_a_checkpoint_of_another_net_is_refused_before_anything_runs(tmp_path):
    weights = MODELS.build(dict(type='R3D', depth=18)).state_dict()
    state = {f'backbone.{name}': tensor for name, tensor in weights.items()}
    torch.save(dict(state_dict=state), tmp_path / 'a.pth')
    model = NamedModel('a', ROOT / 'configs/fame/r3d_18_k400.py', tmp_path / 'a.pth')
    MODULE['check_checkpoint'](model, 'r3d_18', [])
    with pytest.raises(CheckpointError, match=r'a\.pth is not a checkpoint of the .*R3D in the'):
        MODULE['check_checkpoint'](model, 'r3d_34', [])
    with pytest.raises(CheckpointError, match=r'a\.pth '):
        MODULE['check_checkpoint'](model, 'r3d_toy', ['model.backbone.base_channels=4'])


def test_splits_are_lists():
    module = runpy.run_path(str(EVALUATE[1]))
    splits = module['SPLITS']
    assert splits['ucf101'] == splits['hmdb51'] == 3 and splits['k400'] == splits['toy'] == 1
    assert module['split_options']('k400', '1', 'finetune') == []
    # Cropped videos are listed under the names of the originals.
    assert module['split_options']('actor_hmdb51', '2', 'finetune_be') == [
        'train_dataloader.dataset.ann_file=hmdb51_train_split_2_videos.txt',
        'val_dataloader.dataset.ann_file=hmdb51_val_split_2_videos.txt',
        'test_dataloader.dataset.ann_file=hmdb51_val_split_2_videos.txt',
    ]
    assert module['split_options']('hmdb51', '3', 'retrieval') == [
        'test_dataloader.dataset.gallery.ann_file=hmdb51_train_split_3_videos.txt',
        'test_dataloader.dataset.query.ann_file=hmdb51_val_split_3_videos.txt',
    ]


MODULE = runpy.run_path(str(EVALUATE[1]))


def test_few_labels_are_those_beside_the_list_or_drawn(tmp_path, few_videos, monkeypatch, capsys):
    tmp_path = tmp_path / 'my runs, new'  # paths that MMEngine's parser of options would spoil
    monkeypatch.setenv('MMDEBIAS_DATA', str(tmp_path))
    root = tmp_path / 'hmdb51'
    root.mkdir(parents=True)
    (root / 'videos').symlink_to(few_videos)
    whole = root / 'hmdb51_train_split_2_videos.txt'
    whole.write_text((few_videos / 'train.txt').read_text())
    args = SimpleNamespace(dataset='hmdb51', seed=0, equal=None, cfg_options=[])
    config = MODULE['find_config']('low_shot_10', 'c3d', 'hmdb51', tmp_path / 'configs')

    def labelled():
        given = (args, config, 'low_shot_10', '2', tmp_path / 'place')
        path, said = MODULE['labelled_config'](*given)
        ann_file = Config.fromfile(path).train_dataloader.dataset.ann_file
        assert said.startswith(f'{ann_file} (') and said.endswith(told)
        return Config.fromfile(path).train_dataloader.dataset

    told = '(2 videos, drawn by equal numbers with seed 0)'
    drawn = Path(labelled().ann_file)
    assert drawn == tmp_path / 'place' / 'hmdb51_train_split_2_10percent.txt'
    assert '--percent 10 --seed 0' in capsys.readouterr().out
    lines = drawn.read_text().splitlines()
    assert {line[-1] for line in lines} == {'0', '1'} and len(lines) == 2
    assert len(DATASETS.build(labelled())) == 2

    mine = root / 'hmdb51_train_split_2_10percent.txt'
    mine.write_text(lines[0])
    told = '(1 videos)'
    assert labelled().ann_file == str(mine)

    told = '(2 videos, drawn by equal shares with seed 0)'
    args.equal = 'shares'  # asked for: drawn, whatever is there
    assert labelled().ann_file == str(drawn)
    assert '--equal shares' in capsys.readouterr().out

    (root / 'other.txt').write_text('\n'.join(lines) + '\n\n')
    told = '(2 videos)'
    args.cfg_options = ['low_shot_10:train_dataloader.dataset.ann_file=other.txt']
    assert labelled().ann_file == str(root / 'other.txt')


def test_lists_that_changed_give_results_of_their_own(tmp_path, monkeypatch):
    monkeypatch.setenv('MMDEBIAS_DATA', str(tmp_path))
    root = tmp_path / 'hmdb51'
    root.mkdir()
    args = SimpleNamespace(dataset='hmdb51', equal=None, cfg_options=[])

    def digest(protocol='low_shot_10', split='2'):
        return MODULE['lists_digest'](args, protocol, split)

    seen = {digest()}

    def changed(protocol='low_shot_10'):
        known = len(seen)
        seen.add(digest(protocol))
        return len(seen) > known

    assert not changed()
    for name in ('train_split_2_videos', 'val_split_2_videos', 'train_split_2_10percent'):
        (root / f'hmdb51_{name}.txt').write_text('a.mp4 0\n')
        assert changed(), name
    (root / 'hmdb51_train_split_2_10percent.txt').write_text('b.mp4 0\n')
    assert changed()
    finetuned = digest('finetune')
    (root / 'hmdb51_train_split_1_videos.txt').write_text('a.mp4 0\n')  # another split's
    (root / 'hmdb51_train_split_2_10percent.txt').write_text('c.mp4 0\n')  # of few labels
    assert digest('finetune') == finetuned
    args.equal = 'shares'
    assert changed()
    args.equal = 'numbers'  # as before there was a list of few labels
    assert not changed()
    args.cfg_options = ['train_dataloader.dataset.ann_file=other.txt']
    for protocol in ('low_shot_10', 'finetune'):
        (root / 'other.txt').write_text(f'{protocol}.mp4 0\n')
        assert changed(protocol)


def test_an_encoder_is_found_however_a_config_inherits_it(tmp_path):
    for name in (
        'mmdebias::fame/r2plus1d_18_k400.py',
        str(ROOT / 'configs/fame/r2plus1d_18_k400.py'),
    ):
        (tmp_path / 'mine.py').write_text(f'_base_ = {name!r}')
        model = NamedModel('mine', tmp_path / 'mine.py', None)
        assert MODULE['find_encoder'](model) == 'r2plus1d_18'


def test_no_path_goes_through_the_parser_of_options(tmp_path, few_videos, monkeypatch):
    """Whatever a protocol is given by options: its paths are in configs and arguments."""
    monkeypatch.setenv('MMDEBIAS_DATA', str(tmp_path / 'a, b'))
    root = tmp_path / 'a, b' / 'ucf101'
    root.mkdir(parents=True)
    (root / 'ucf101_train_split_2_10percent.txt').write_text('a.mp4 0\n')
    given = []
    monkeypatch.setattr(runs, 'train', lambda *a, **k: given.append(a) or tmp_path / 'b, c.pth')
    monkeypatch.setattr(runs, 'test', lambda *a, **k: given.append(a) or {'acc/top1': 1})
    monkeypatch.setitem(MODULE['run_protocol'].__globals__, 'count_videos', lambda *a: 4)
    args = argparse.Namespace(dataset='ucf101', gpus=1, seed=0, equal=None, cfg_options=[])
    for protocol in MODULE['PROTOCOLS']:
        config = MODULE['find_config'](protocol, 'c3d', 'ucf101', tmp_path / 'c, d')
        place = tmp_path / 'd, e' / protocol
        if protocol == 'low_shot_1':
            (root / 'ucf101_train_split_2_1percent.txt').write_text('a.mp4 0\n')
        MODULE['run_protocol'](args, tmp_path / 'a, b.pth', protocol, config, '2', place)
    options = [
        option for call in given for part in call if isinstance(part, list) for option in part
    ]
    assert len(given) == 15 and options
    assert not [option for option in options if str(tmp_path) in option or ' ' in option]


NETS = sorted(path.stem for path in (ROOT / 'configs' / '_base_' / 'encoders').glob('*.py'))
SHIPPED = [
    (protocol, net, data)
    for protocol in MODULE['PROTOCOLS']
    for net in NETS
    for data in MODULE['SPLITS']
    if (
        ROOT / 'configs' / f'{MODULE["PROTOCOLS"][protocol][1]}.py'.format(net=net, data=data)
    ).exists()
]


@pytest.mark.parametrize('cell', SHIPPED, ids='-'.join)
def test_a_written_config_is_the_shipped_one_where_there_is_one(cell, tmp_path):
    protocol, net, data = cell
    path = MODULE['find_config'](protocol, net, data, tmp_path)
    assert path.is_relative_to(ROOT / 'configs') and not list(tmp_path.iterdir())

    (tmp_path / 'written.py').write_text(MODULE['new_config'](*cell, MODULE['train_list'](data)))

    assert digest(Config.fromfile(tmp_path / 'written.py')) == digest(Config.fromfile(path))


@pytest.mark.parametrize('protocol', MODULE['PROTOCOLS'])
def test_any_encoder_meets_any_data_set(protocol, tmp_path):
    for net, data in (('r3d_18', 'hmdb51'), ('c3d', 'sthv2'), ('r3d_34', 'k400'), ('i3d', 'toy')):
        path = MODULE['find_config'](protocol, net, data, tmp_path / protocol)
        cfg = Config.fromfile(path)
        MODELS.build(cfg.model)
        dataset = cfg.test_dataloader.dataset
        assert data.replace('k400', 'kinetics400') in dataset.get('query', dataset).data_root
        if 'head' in cfg:
            assert cfg.model.cls_head.num_classes == cfg.num_classes
            flip = cfg.train_dataloader.dataset.pipeline.flip
            assert (flip is None) == (data in ('sthv2', 'toy'))
