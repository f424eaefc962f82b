"""The table of methods: each has its folder, its README and a config for generated videos."""

from mmengine.config import Config

from helpers.running import ROOT
from mmdebias.methods import METHODS


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
