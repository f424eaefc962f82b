"""The configs stay few, short to follow and free of positions; what they resolve to is kept."""

import ast
import json
from pathlib import Path
from statistics import mean

import pytest
from mmengine.config import Config

from helpers.normal_form import digest
from helpers.running import ROOT
from mmdebias.datasets import ordered_steps

FOLDER = ROOT / 'configs'
FILES = sorted(FOLDER.rglob('*.py'))
LEAVES = [path for path in FILES if '_base_' not in path.parts]
# Of the configs as they resolve. Those of commit d261f1a stayed what they were while encoders, data
# sets and methods became files of their own; what was changed on purpose since is in the history of
# this file. For a new config, which needs none until it is to stay as it is, or after an intended
# change, run PYTHONPATH=.:tests python tests/configs/test_house.py
DIGESTS = Path(__file__).with_name('digests.json')


def bases(path):
    """The files that a config names as its bases."""
    for node in ast.parse(path.read_text()).body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if any(isinstance(target, ast.Name) and target.id == '_base_' for target in targets):
            found = ast.literal_eval(node.value)
            return [
                (path.parent / base).resolve()
                for base in ([found] if isinstance(found, str) else found)
            ]
    return []


def test_bases_are_found_among_other_assignments(tmp_path):
    path = tmp_path / 'mine.py'
    path.write_text("a, b = 1, 2\nc = {}\nc['d'] = e = 3\n_base_ = ['./one.py', './two.py']\n")
    assert bases(path) == [tmp_path / 'one.py', tmp_path / 'two.py']
    path.write_text('a, b = 1, 2\n')
    assert bases(path) == []


def files_to_read(path):
    """A config and all that it inherits from."""
    return {path} | {file for base in bases(path) for file in files_to_read(base)}


def positions(path):
    """Places where a config takes a part of a list by its position."""
    index = (ast.Constant, ast.Slice, ast.UnaryOp)
    return [
        ast.unparse(node)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Subscript)
        and isinstance(node.slice, index)
        and not (isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str))
    ]


def test_there_are_at_most_150_files():
    assert len(FILES) <= 150


def test_a_config_is_understood_from_five_files():
    opened = {path: len(files_to_read(path)) for path in LEAVES}

    assert mean(opened.values()) <= 5
    assert max(opened.values()) <= 7, max(opened, key=opened.get)


def test_no_config_splices_a_list_by_position():
    assert {str(path): found for path in FILES if (found := positions(path))} == {}


@pytest.mark.parametrize(
    ('folder', 'names'),
    [
        ('encoders', {'encoder', 'channels', 'resize', 'middle'}),
        ('datasets', {'train_set', 'test_set', 'num_classes', 'flip'}),
    ],
)
def test_encoders_and_data_sets_can_be_exchanged(folder, names):
    for path in (FOLDER / '_base_' / folder).glob('*.py'):
        assert names <= Config.fromfile(path).keys(), path


def sizes(steps):
    """The sizes that transforms resize and crop to."""
    for step in steps:
        if step['type'] == 'PerView':
            yield from sizes(s for s in step.values() if isinstance(s, dict) and 'type' in s)
        elif step['type'] == 'CenterCrop':
            yield step['crop_size']
        elif step['type'] == 'RandomCrop':
            yield step['size']
        elif step['type'] == 'Resize' and -1 not in step['scale']:
            yield step['scale'][0]


@pytest.mark.parametrize('path', LEAVES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_every_pipeline_makes_frames_of_the_encoders_size(path):
    cfg = Config.fromfile(path)
    # Puzzles are cut out of larger frames; the other two are drawn, not trained.
    larger = path.stem.startswith(('puzzles_r3d', 'table_4', 'ablations'))
    expected = 64 if larger else cfg.resize.scale[0]
    for loader in ('train_dataloader', 'val_dataloader', 'test_dataloader'):
        if cfg.get(loader) is not None:
            found = list(sizes(ordered_steps(cfg[loader].dataset.pipeline)))
            assert set(found) == {expected}, loader


@pytest.mark.parametrize('path', LEAVES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_a_config_resolves_to_what_it_was(path, monkeypatch):
    monkeypatch.setenv('MMDEBIAS_DATA', 'data')
    known, name = json.loads(DIGESTS.read_text()), str(path.relative_to(FOLDER))
    if name not in known:
        pytest.skip(f'{name} has no digest: PYTHONPATH=.:tests python tests/configs/test_house.py')

    assert known[name] == digest(Config.fromfile(path))


def test_no_digest_is_of_a_config_that_is_gone():
    assert set(json.loads(DIGESTS.read_text())) <= {str(p.relative_to(FOLDER)) for p in LEAVES}


if __name__ == '__main__':
    table = {str(path.relative_to(FOLDER)): digest(Config.fromfile(path)) for path in LEAVES}
    DIGESTS.write_text(json.dumps(table, indent=1) + '\n')
