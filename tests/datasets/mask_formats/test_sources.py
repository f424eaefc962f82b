import pytest

from mmdebias.datasets.mask_formats.sources import find_entry, without_ending


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
