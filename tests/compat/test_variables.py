"""Environment variables in configs may be any text."""

import pytest
from mmengine.config import Config

from helpers.running import ROOT
from mmdebias.config_checks import ConfigError
from mmdebias.config_inheritance import read_config

ODD = [
    "/my friend's/data", '/a "b"/c', "/all'of\"it", r'/tmp/\new\1', 'C:\\Users\\data', '/a{{b}}/$c',
    '/zwei\nzeilen', "'+1/0+'", '/größe 2, neu',
]  # fmt: skip


@pytest.mark.parametrize('value', ODD)
def test_a_folder_of_any_name_is_that_folder(monkeypatch, tmp_path, value):
    monkeypatch.setenv('MMDEBIAS_DATA', value)
    cfg = read_config(ROOT / 'configs' / 'fame' / 'r3d_toy.py')
    assert cfg.train_dataloader.dataset.data_root == f'{value}/toy'
    cfg.dump(tmp_path / 'dumped.py')
    assert Config.fromfile(tmp_path / 'dumped.py').train_set.data_root == f'{value}/toy'


def test_outside_of_quotes_it_stays_a_piece_of_program(monkeypatch, tmp_path):
    path = tmp_path / 'a.py'
    path.write_text("a = {{'$NUMBER:1'}}\nb = '{{$NUMBER:1}}'\n")
    assert (read_config(path).a, read_config(path).b) == (1, '1')
    monkeypatch.setenv('NUMBER', "dict(b='x')")
    cfg = read_config(path)
    assert cfg.a == dict(b='x') and cfg.b == "dict(b='x')"


def test_an_empty_one_is_named(monkeypatch):
    monkeypatch.setenv('MMDEBIAS_DATA', '')
    with pytest.raises(ConfigError, match=r"variable MMDEBIAS_DATA is empty.*for 'data'"):
        read_config(ROOT / 'configs' / 'fame' / 'r3d_toy.py')
