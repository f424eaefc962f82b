"""Configs of mmdebias inherited by name."""

import pytest
from mmengine.config import Config, ConfigDict

from mmdebias import config_inheritance


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
