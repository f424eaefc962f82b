"""Outputs that outlive an interruption."""

import pytest
import torch

from mmdebias.bias.outputs import Outputs
from mmdebias.bias.parts import kept, read_parts


def outputs(count, stop=None):
    for number in range(count):
        if number == stop:
            raise KeyboardInterrupt
        yield Outputs(torch.full((2, 3), float(number)), None)


def numbers(found):
    return [int(one.scores[0, 0]) for one in found]


def test_what_was_done_before_a_stop_is_there(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        list(kept(outputs(9, stop=4), tmp_path))
    found = read_parts(tmp_path)
    assert numbers(found) == [0, 1, 2, 3]
    assert found[0].scores.shape == (2, 3) and found[0].features is None


def test_files_follow_each_other_and_a_damaged_one_ends_them(tmp_path):
    assert numbers(kept(outputs(4), tmp_path, seconds=0)) == [0, 1, 2, 3]
    assert numbers(read_parts(tmp_path)) == [0, 1, 2, 3]
    (tmp_path / '00000002.npz').write_bytes(b'half')
    assert numbers(read_parts(tmp_path)) == [0, 1]


def test_no_folder_keeps_nothing(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        list(kept(outputs(9, stop=4), None))
    assert read_parts(None) == [] and read_parts(tmp_path / 'none') == []
