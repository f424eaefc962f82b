"""The table of methods: each has its folder, its README and a config for generated videos."""

import pytest
from mmengine.config import Config

from helpers.running import ROOT
from mmdebias.methods import COLUMNS, METHODS, table_of_methods


def test_every_method_has_its_folder_and_its_paper():
    for name, method in METHODS.items():
        folder = ROOT / 'configs' / name
        assert method.name == name and (folder / 'README.md').is_file()
        title = method.paper.split(', ', 1)[1].rsplit(',', 1)[0]
        text = ' '.join((folder / 'README.md').read_text().split())
        assert title in text, title
        assert Config.fromfile(ROOT / 'configs' / f'{method.toy_config}.py').model.type


def test_a_variant_starts_from_a_config_of_its_method():
    variants = [(name, v) for name, method in METHODS.items() for v in method.variants]

    for name, variant in variants:
        path = ROOT / 'configs' / f'{variant.toy_config}.py'
        assert path.is_file() and path.parent.name == name
    names = [variant.name for _, variant in variants]
    assert len({*names, *METHODS}) == len(names) + len(METHODS)


def test_every_folder_of_pre_training_is_a_method():
    others = {'finetune', 'linear_probe', 'low_shot', 'retrieval', 'supervised', '_base_'}
    folders = {path.name for path in (ROOT / 'configs').iterdir() if path.is_dir()}
    assert folders - others == set(METHODS)


def test_a_table_has_a_row_for_each_method():
    head, line, *rows = table_of_methods(list(COLUMNS)).splitlines()

    assert head.split(' | ')[1:3] == ['paper', 'pre-training'] and set(line) <= {*'|- '}
    assert [row.split('|')[1].strip() for row in rows] == [m.title for m in METHODS.values()]
    assert rows[1].startswith('| FAME | FAME, CVPR 2022 | `configs/fame` | as MoCo |')
    # A cell must not end early.
    assert {row.count('|') for row in rows} == {len(COLUMNS) + 1}
    with pytest.raises(ValueError, match=r"columns=\['year'\] are not known"):
        table_of_methods(['year'])
