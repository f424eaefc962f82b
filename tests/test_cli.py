import sys
from contextlib import nullcontext
from pathlib import Path

import pytest
from mmengine.config import Config

from helpers.running import ROOT
from helpers.videos import cut_video
from mmdebias.cli import (
    read_models,
    read_videos,
    run_command,
    run_mmaction_tool,
    seed_arguments,
    work_dir_arguments,
)
from mmdebias.video import VideoReadError
from mmdebias.weights import CheckpointError

CONFIG = str(ROOT / 'configs' / 'finetune' / 'r3d_toy.py')


def test_configs_of_one_name_get_folders_of_their_own():
    assert work_dir_arguments([CONFIG, '--resume']) == ['--work-dir', 'work_dirs/finetune/r3d_toy']
    other = CONFIG.replace('finetune', 'fame')
    assert work_dir_arguments([other, 'a.pth'])[1] == 'work_dirs/fame/r3d_toy'


@pytest.mark.parametrize(
    'arguments',
    [
        [CONFIG, '--work-dir', 'here'],
        [CONFIG, '--work-dir=here'],
        [CONFIG, '--cfg-options', 'work_dir=here'],
        ['--help'],
        ['configs/missing.py'],
    ],
)
def test_what_the_user_chose_stays(arguments):
    assert work_dir_arguments(arguments) == []


def test_configs_elsewhere_and_those_that_name_a_folder_stay(tmp_path):
    elsewhere = tmp_path / 'mine.py'
    elsewhere.write_text('lr = 1')
    named = tmp_path / 'configs' / 'named.py'
    named.parent.mkdir()
    named.write_text("work_dir = 'runs'")
    assert work_dir_arguments([str(elsewhere)]) == work_dir_arguments([str(named)]) == []


@pytest.fixture
def trained(monkeypatch):
    """``trained(*arguments)``: the config that MMAction2's train.py would train."""
    from mmengine.runner import Runner

    found = []

    class Recorded:
        def train(self):
            pass

    def run(*arguments):
        monkeypatch.setattr('mmdebias.preflight.checked_runners', lambda *_: nullcontext())
        monkeypatch.setattr(Runner, 'from_cfg', lambda cfg: found.append(cfg) or Recorded())
        monkeypatch.setattr(sys, 'argv', ['train.py', *map(str, arguments)])
        run_mmaction_tool('train.py')
        return found.pop()

    return run


@pytest.mark.parametrize('config', ['fame', 'finetune'])
def test_the_seed_counts_where_a_config_has_randomness(trained, config):
    config = ROOT / 'configs' / config / 'r3d_toy.py'
    assert trained(config).randomness == dict(seed=None, diff_rank_seed=True)
    assert trained(config, '--seed', 5).randomness == dict(seed=5, diff_rank_seed=True)
    options = ['--cfg-options', 'train_cfg.max_epochs=3']
    cfg = trained(config, '--seed=0', '--deterministic', *options)
    assert cfg.randomness == dict(seed=0, diff_rank_seed=True, deterministic=True)
    assert cfg.train_cfg.max_epochs == 3


def test_the_seed_of_other_configs_is_left_to_mmaction2(trained, tmp_path):
    config = tmp_path / 'mine.py'
    Config.fromfile(CONFIG).dump(config)
    config.write_text(config.read_text() + 'randomness = None\n')
    cfg = trained(config, '--seed', 5, '--diff-rank-seed')
    assert cfg.randomness == dict(seed=5, diff_rank_seed=True, deterministic=False)


def test_a_seed_without_a_number_is_left_to_mmaction2():
    assert seed_arguments([CONFIG, '--seed']) == seed_arguments([CONFIG]) == []
    assert seed_arguments(['--seed', '3']) == []


def test_load_from_takes_any_path(trained, tmp_path):
    path = tmp_path / 'my runs, new' / 'a,b (1].pth'
    path.parent.mkdir()
    path.touch()
    cfg = trained(CONFIG, '--load-from', path, '--cfg-options', 'train_cfg.max_epochs=3')
    assert cfg.load_from == str(path) and cfg.train_cfg.max_epochs == 3
    assert Config.fromfile(CONFIG).load_from is None  # this run's only
    url = 'https://example.org/a.pth'
    assert trained(CONFIG, f'--load-from={url}').load_from == url


@pytest.mark.parametrize(
    ('arguments', 'says'),
    [
        (['--load-from', 'none.pth'], '--load-from: there is no file none.pth; give the checkpoi'),
        (['--load-from', CONFIG, '--resume'], 'starts anew and --resume goes on: give the one'),
    ],
)
def test_load_from_is_a_file_and_no_resumption(trained, capsys, arguments, says):
    with pytest.raises(SystemExit):
        trained(CONFIG, *arguments)
    assert says in capsys.readouterr().err


def test_a_checkpoint_that_cannot_be_used_is_a_message(monkeypatch):
    from mmengine.runner import Runner

    def from_cfg(cfg):
        raise CheckpointError('it is cut')

    monkeypatch.setattr('mmdebias.preflight.checked_runners', lambda *_: nullcontext())
    monkeypatch.setattr(Runner, 'from_cfg', from_cfg)
    monkeypatch.setattr(sys, 'argv', ['train.py', CONFIG])
    with pytest.raises(SystemExit, match='error: it is cut'):
        run_mmaction_tool('train.py')


def test_models_are_read_in_their_order(tmp_path):
    weights = tmp_path / 'a.pth'
    weights.touch()
    found = read_models([('b', CONFIG, 'random'), ('a', CONFIG, str(weights))])
    assert [model.name for model in found] == ['b', 'a']
    assert [model.checkpoint for model in found] == [None, weights]


@pytest.mark.parametrize(
    ('models', 'message'),
    [
        ([('a', 'no.py', 'a.pth')], 'error: --model a: there is no file no.py; give the config'),
        ([('a', CONFIG, 'a.pth')], 'error: --model a: there is no file a.pth; give a checkpoint'),
        ([('a', CONFIG, CONFIG)] * 2, '--model a is given twice'),
        ([('a', 'a.pth', CONFIG)], 'a.pth is no config; a model is NAME CONFIG CHECKPOINT'),
    ],
)
def test_wrong_models_are_named(models, message):
    with pytest.raises(SystemExit, match=message):
        run_command(lambda: read_models(models))


def test_a_random_net_is_refused_where_there_must_be_a_trained_one():
    message = "--model a: CHECKPOINT cannot be 'random' here, there is nothing to export"
    with pytest.raises(ValueError, match=message):
        read_models([('a', CONFIG, 'random')], trained='there is nothing to export')


def test_videos_are_files_and_what_lists_name(tmp_path):
    for name in ('a.mp4', 'b c.mp4', 'd.mp4'):
        (tmp_path / name).touch()
    bare, labelled = tmp_path / 'bare.txt', tmp_path / 'lists' / 'labelled.txt'
    labelled.parent.mkdir()
    bare.write_text('a.mp4\n\nb c.mp4\n')
    labelled.write_text('b c.mp4 3\n')
    assert read_videos([tmp_path / 'd.mp4', bare]) == [
        tmp_path / 'd.mp4', tmp_path / 'a.mp4', tmp_path / 'b c.mp4'
    ]  # fmt: skip
    assert read_videos([labelled], tmp_path) == [tmp_path / 'b c.mp4']
    with pytest.raises(FileNotFoundError, match=r'lists/b c.mp4; correct --data-root'):
        read_videos([labelled])
    with pytest.raises(FileNotFoundError, match=r'--data: there is no file no\.txt; give a list'):
        read_videos([Path('no.txt')])
    with pytest.raises(FileNotFoundError, match='--data: there is no file'):
        read_videos([tmp_path])
    bare.write_text('\n')
    with pytest.raises(ValueError, match=r'bare.txt lists no videos'):
        read_videos([bare])


def test_a_cut_video_is_not_taken_for_a_short_one(few_videos, tmp_path):
    cut = cut_video(few_videos / '00.mp4', tmp_path / 'cut.mp4')
    assert read_videos([few_videos / '00.mp4'])
    with pytest.raises(VideoReadError, match=r'^--data: .*cut\.mp4 is cut: .* Get it again, or'):
        read_videos([few_videos / '00.mp4', cut])
