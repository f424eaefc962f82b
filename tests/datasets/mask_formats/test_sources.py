import pytest

from mmdebias.datasets.mask_formats.sources import find_entry, names_below, without_ending


def test_videos_are_found_below_more_folders_or_fewer():
    entries = {'archery/a': 1, 'bowling/b': 2}
    assert find_entry(entries, 'archery/a') == 1
    assert find_entry(entries, 'val/archery/a') == 1
    assert find_entry(entries, 'b') == 2
    assert find_entry(entries, 'c') is None
    assert find_entry(entries, 'run/a') is None


def test_one_name_of_two_videos_is_refused():
    with pytest.raises(ValueError, match='a may be any of archery/a, bowling/a'):
        find_entry({'archery/a': 1, 'bowling/a': 2}, 'a')


def test_only_endings_of_videos_are_taken_off():
    assert without_ending('run/a.b.AVI') == 'run/a.b'
    assert without_ending('run/a.b') == 'run/a.b'


def test_names_below_a_folder_are_as_short_as_whole_paths_differ():
    videos = ['run/a.mp4', '/x/y/run/b.mp4', '/x/y/jump/c.mp4']
    assert names_below(videos) == dict(zip(videos, ['run/a', 'run/b', 'jump/c']))
    assert names_below(['/x/y/c.mp4']) == {'/x/y/c.mp4': 'c'}
    assert names_below(['../../x/c.mp4', '../../c.mp4']) == {
        '../../x/c.mp4': 'x/c', '../../c.mp4': 'c'
    }  # fmt: skip
