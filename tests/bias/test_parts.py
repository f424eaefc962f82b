"""Outputs that outlive an interruption."""

import pytest
import torch

from mmdebias.bias.outputs import Outputs
from mmdebias.bias.parts import in_batches, kept, read_parts, unfinished

ROWS = [4, 0, 5, 1, 2, 3]
ALONE = [[row] for row in ROWS]


def outputs(rows=ROWS, stop=None):
    for row in rows:
        if row == stop:
            raise KeyboardInterrupt
        yield row, Outputs(torch.full((2, 3), float(row)), None)


def numbers(found):
    return {row: int(one.scores[0, 0]) for row, one in found.items()}


def test_what_was_done_before_a_stop_is_there(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        list(kept(outputs(stop=1), ALONE, tmp_path))
    found = read_parts(tmp_path)
    assert numbers(found) == {4: 4, 0: 0, 5: 5}
    assert found[0].scores.shape == (2, 3) and found[0].features is None


def test_a_damaged_file_is_left_out(tmp_path):
    assert [row for row, _ in kept(outputs(), ALONE, tmp_path, seconds=0)] == ROWS
    assert numbers(read_parts(tmp_path)) == {row: row for row in ROWS}
    (tmp_path / '00000005.npz').write_bytes(b'half')
    (tmp_path / '00000003.npz').write_bytes(b'')
    assert sorted(numbers(read_parts(tmp_path))) == [0, 1, 2, 4]


@pytest.mark.parametrize('written', [b'', b'PK half of one'])
def test_what_a_kill_left_unfinished_is_not_looked_at(tmp_path, written):
    list(kept(outputs(), ALONE, tmp_path, seconds=0))
    (tmp_path / '.tmp-00000009.npz').write_bytes(written)
    assert sorted(numbers(read_parts(tmp_path))) == sorted(ROWS)


def test_what_is_kept_are_whole_batches(tmp_path):
    batches = [[4, 0, 5], [1, 2], [3]]
    with pytest.raises(KeyboardInterrupt):
        list(kept(outputs(stop=2), batches, tmp_path, seconds=0))
    found = read_parts(tmp_path)
    assert sorted(numbers(found)) == [0, 4, 5]
    assert unfinished(batches, found) == [[1, 2], [3]]
    assert len(list(tmp_path.iterdir())) == 1  # and each is one file


def test_batches_follow_each_other():
    assert [list(batch) for batch in in_batches(5, 2)] == [[0, 1], [2, 3], [4]]


def test_features_of_some_rows_only_are_theirs(tmp_path):
    def mixed():
        yield 7, Outputs(torch.zeros(1, 3), None)
        yield 8, Outputs(torch.ones(1, 3), torch.ones(4, 2))
        yield 9, Outputs(torch.ones(1, 3), torch.full((1, 2), 5.0))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(kept(mixed(), [[7], [8], [9], [10]], tmp_path))
    found = read_parts(tmp_path)
    assert found[7].features is None and found[8].features.shape == (4, 2)
    assert (found[8].scores == 1).all()
    assert found[9].features.tolist() == [[5, 5]]


def test_no_folder_keeps_nothing(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        list(kept(outputs(stop=1), ALONE, None))
    assert read_parts(None) == {} and read_parts(tmp_path / 'none') == {}
