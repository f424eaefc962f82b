"""Files and folders appear when they are whole."""

import pytest

from mmdebias.files import replacing, unfinished_path, write_text


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
