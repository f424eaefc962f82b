import sys

import pytest
from mmengine.config import Config

from helpers.running import ROOT
from mmdebias.cli import run_mmaction_tool, seed_arguments, work_dir_arguments

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
