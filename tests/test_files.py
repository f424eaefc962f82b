"""Files and folders appear when they are whole."""

import ast

import pytest

from helpers.running import ROOT
from mmdebias.files import move_into_place, read_text, replacing, unfinished_path, write_text


def test_a_file_appears_when_it_is_whole(tmp_path):
    path = tmp_path / 'new' / 'a.npz'
    with replacing(path) as unfinished:
        assert unfinished.suffix == '.npz' and unfinished.parent == path.parent
        unfinished.write_text('half')
        assert not path.exists()
    assert path.read_text() == 'half'
    assert [file.name for file in path.parent.iterdir()] == ['a.npz']


def test_an_error_leaves_what_was_there(tmp_path):
    write_text(tmp_path / 'a.txt', 'old')
    with pytest.raises(RuntimeError), replacing(tmp_path / 'a.txt') as unfinished:
        unfinished.write_text('half')
        raise RuntimeError
    assert [file.name for file in tmp_path.iterdir()] == ['a.txt']
    assert (tmp_path / 'a.txt').read_text() == 'old'


def test_the_leftover_of_a_kill_is_overwritten(tmp_path):
    unfinished_path(tmp_path / 'clips').mkdir()
    (unfinished_path(tmp_path / 'clips') / 'half.mp4').touch()
    with replacing(tmp_path / 'clips') as unfinished:
        unfinished.mkdir()
        (unfinished / 'whole.mp4').touch()
    assert [file.name for file in (tmp_path / 'clips').iterdir()] == ['whole.mp4']


def test_a_folder_is_replaced_whole(tmp_path):
    for name in ('a', 'b'):
        with replacing(tmp_path / 'clips') as unfinished:
            unfinished.mkdir()
            (unfinished / name).touch()
    assert [file.name for file in (tmp_path / 'clips').iterdir()] == ['b']


def test_an_interrupted_folder_can_be_continued_and_then_named(tmp_path):
    (unfinished_path(tmp_path / 'clips')).mkdir()
    (unfinished_path(tmp_path / 'clips') / 'a').touch()
    (tmp_path / 'clips').mkdir()
    folder = move_into_place(unfinished_path(tmp_path / 'clips'), tmp_path / 'clips')
    assert [file.name for file in folder.iterdir()] == ['a']
    assert [file.name for file in tmp_path.iterdir()] == ['clips']


def renames_a_file(call):
    """Whether a call renames a file: by ``os``, ``shutil`` or a ``Path``."""
    if not isinstance(call.func, ast.Attribute):
        return False
    module, name = ast.unparse(call.func.value), call.func.attr
    if module in ('os', 'shutil'):
        return name in ('replace', 'rename', 'renames', 'move')
    # A str's takes two arguments, a dataclass's and a code object's take keywords.
    one_argument = len(call.args) == 1 and not call.keywords
    return name in ('replace', 'rename') and one_argument


@pytest.mark.parametrize(
    ('line', 'renames'),
    [
        ('os.replace(a, b)', True),
        ('os.rename(a, b)', True),
        ('shutil.move(a, b)', True),
        ('path.rename(target)', True),
        ('path.with_name("a").replace(target)', True),
        ('text.replace("a", "b")', False),
        ('dataclasses.replace(config, size=1)', False),
    ],
)
def test_a_renaming_is_told_from_other_replacements(line, renames):
    assert renames_a_file(ast.parse(line, mode='eval').body) is renames


def test_files_are_renamed_in_one_place():
    found = [
        f'{path.relative_to(ROOT)}:{node.lineno}'
        for folder in ('mmdebias', 'tools')
        for path in sorted((ROOT / folder).rglob('*.py'))
        for node in ast.walk(ast.parse(path.read_text(encoding='utf-8')))
        if isinstance(node, ast.Call) and renames_a_file(node)
    ]

    assert {place.split(':')[0] for place in found} == {'mmdebias/files.py'}, found


def test_what_is_no_text_is_named(tmp_path):
    (tmp_path / 'a.txt').write_bytes('caf\xe9'.encode('latin1'))
    with pytest.raises(ValueError, match=r'a.txt is no text in UTF-8 \(byte 3 is 0xe9\): save it'):
        read_text(tmp_path / 'a.txt', 'save it anew')
    (tmp_path / 'a.txt').write_text('a', encoding='utf-8-sig')
    assert read_text(tmp_path / 'a.txt', '') == 'a'
