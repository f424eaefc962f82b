"""Configs of mmdebias inherited by name."""

import pytest
from mmengine.config import Config, ConfigDict

from helpers.running import ROOT
from mmdebias import config_inheritance
from mmdebias.cli import _take_config, existing_config, read_models
from mmdebias.config_checks import ConfigError
from mmdebias.config_inheritance import find_config, read_config

SLOWONLY = (
    'recognition/slowonly/'
    'slowonly_imagenet-pretrained-r50_16xb16-4x16x1-steplr-150e_kinetics700-rgb'
)


@pytest.fixture
def config_file(tmp_path):
    """`config_file(text, path)`: a config written under tmp_path."""

    def write(text, path='mine.py'):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
        return tmp_path / path

    return write


@pytest.mark.parametrize('place', ['package/.mim/configs', 'configs'])
def test_mmdebias_configs_are_inherited(place, config_file, tmp_path, monkeypatch):
    monkeypatch.setattr(config_inheritance, 'PACKAGE', tmp_path / 'package')
    config_file("model = dict(type='A', inner=dict(type='B'))\n", f'{place}/base.py')
    config_file("_base_ = '../base.py'\nepochs = 2\n", f'{place}/fame/x.py')
    mine = config_file("_base_ = 'mmdebias::fame/x.py'\nmodel = dict(inner=dict(c=3))\n")
    cfg = Config.fromfile(mine)
    assert cfg.epochs == 2 and cfg.model.inner == dict(type='B', c=3)
    # There is no registry of scope mmdebias: everything is in MMAction2's.
    assert cfg.model.get('_scope_') in (None, 'mmaction')
    with pytest.raises(FileNotFoundError, match=r'no config fame/y\.py'):
        Config.fromfile(config_file("_base_ = 'mmdebias::fame/y.py'\n"))


def test_inherited_mmdebias_model_is_built(config_file, tmp_path, monkeypatch):
    from mmengine.registry import MODELS

    monkeypatch.setattr(config_inheritance, 'PACKAGE', tmp_path)
    head = "model = dict(type='I3DHead', num_classes=2, in_channels=4)\n"
    config_file(head, '.mim/configs/head.py')
    model = Config.fromfile(config_file("_base_ = 'mmdebias::head.py'\n")).model
    assert type(MODELS.build(model)).__name__ == 'I3DHead'  # from MMEngine's registry, as Runner
    # The scope that MMEngine would give what it inherits.
    with pytest.raises(KeyError):
        MODELS.build(ConfigDict(model, _scope_='mmdebias'))


def test_own_configs_are_found(config_file):
    mine = config_file("_base_ = 'mmdebias::_base_/methods/moco.py'\n")
    assert Config.fromfile(mine).default_scope == 'mmaction'


@pytest.mark.parametrize(
    ('name', 'ending'),
    [
        ('mmdebias::fame/i3d_k400.py', 'configs/fame/i3d_k400.py'),
        ('mmdebias::fame/i3d_k400', 'configs/fame/i3d_k400.py'),
        (f'mmaction::{SLOWONLY}.py', f'configs/{SLOWONLY}.py'),
        (f'mmaction::{SLOWONLY}', f'configs/{SLOWONLY}.py'),
    ],
)
def test_configs_of_packages_have_names_on_command_lines(name, ending, monkeypatch):
    found = find_config(name)
    assert found.as_posix().endswith(ending) and found.is_file()
    assert existing_config('--config', name) == found
    (model,) = read_models([('a', name, 'random')])
    assert model.config == found
    assert _take_config(['--resume', name, '--cfg-options', 'a=x::y'])[1] == str(found)
    assert read_config(name).model.backbone.type


def test_a_name_of_no_config_says_so():
    for name in ('mmdebias::fame/none', 'mmaction::none', 'no_such_package::a'):
        with pytest.raises(FileNotFoundError, match=f'--config: there is no config {name}: '):
            existing_config('--config', name)
        with pytest.raises(SystemExit, match=f'error: there is no config {name}: '):
            _take_config([name])


def test_no_tool_reads_a_config_in_another_way():
    """What a user names goes through ``read_config``; what is read otherwise is the project's."""
    own = (
        'ROOT',
        'fromfile(CONFIGS',
        'fromfile(ENCODERS',
        'fromfile(path)',
        'fromfile(config)',
        'next(work.glob',
        "f'configs/{name}.py'",
    )
    for tool in (ROOT / 'tools').rglob('*.py'):
        for line in tool.read_text().splitlines():
            assert 'fromfile' not in line or any(mark in line for mark in own), f'{tool}: {line}'


@pytest.mark.parametrize(
    ('text', 'says'),
    [
        ('model = dict(\n', r'bad\.py, or a config that it inherits, is no Python: .*line 1'),
        ('a = 1\nb = a + none\n', r"bad\.py, line 2: NameError: name 'none' is not defined$"),
        ("_base_ = './none.py'\n", r'bad\.py inherits what is not there: .*none\.py'),
    ],
)
def test_a_config_that_cannot_be_run_names_file_and_line(tmp_path, text, says):
    (tmp_path / 'bad.py').write_text(text)
    with pytest.raises((ConfigError, FileNotFoundError), match=says):
        read_config(tmp_path / 'bad.py')
    with pytest.raises(SystemExit, match=f'^error: .*{says}'):
        _take_config([str(tmp_path / 'bad.py')])
