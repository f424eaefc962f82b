"""Frames that are decoded once, in bounded memory."""

import numpy as np
import pytest

from helpers.videos import write_video
from mmdebias.bias import kept_frames
from mmdebias.bias.kept_frames import KeptFrames
from mmdebias.video import read_frames

FRAMES, SIDE = 8, 16
ONE = 3 * SIDE * SIDE


@pytest.fixture
def videos(tmp_path):
    rng = np.random.default_rng(0)
    paths = [tmp_path / f'{number}.mp4' for number in range(5)]
    for path in paths:
        write_video(path, rng.integers(0, 256, (FRAMES, SIDE, SIDE, 3)).astype(np.uint8))
    return paths


@pytest.fixture
def decoded(monkeypatch):
    """What was decoded: pairs of a file's name and how many frames."""
    seen = []

    def counted(path, numbers):
        seen.append((path.name, len(numbers)))
        return read_frames(path, numbers)

    monkeypatch.setattr(kept_frames, 'read_frames', counted)
    return seen


def test_a_video_is_decoded_once_whatever_is_asked_of_it(videos, decoded):
    kept = KeptFrames()
    for numbers in ([2, 0, 2], range(FRAMES), [7]):
        found = kept.read(videos[0], numbers)
        assert (np.stack(found) == read_frames(videos[0], list(numbers))).all()
    assert decoded == [('0.mp4', FRAMES)]
    with pytest.raises(ValueError, match='read-only'):
        found[0][:] = 0


def test_no_more_is_held_than_the_bound_however_many_videos(videos, decoded):
    kept = KeptFrames(most=3 * ONE)
    for path in videos * 2:
        for numbers in ([0, 1], [1, 2]):
            assert (np.stack(kept.read(path, numbers)) == read_frames(path, numbers)).all()
            assert 0 < kept.held <= 3 * ONE
    # Such a video is large beside the bound: of it only what is asked for is decoded.
    assert decoded[:3] == [('0.mp4', 2), ('0.mp4', 1), ('1.mp4', 2)]
    # More than the bound is read all the same, and not kept.
    assert len(kept.read(videos[0], range(FRAMES))) == FRAMES and kept.held == 0


def test_what_was_longest_not_asked_for_goes_first(videos, decoded, monkeypatch):
    monkeypatch.setattr(kept_frames, 'WHOLE', 1)
    kept = KeptFrames(most=2 * FRAMES * ONE)
    for number in (0, 1, 0, 2, 0, 1):
        kept.read(videos[number], [3])
    assert [name for name, _ in decoded] == ['0.mp4', '1.mp4', '2.mp4', '1.mp4']
    kept.forget()
    assert kept.held == 0


def test_a_file_that_was_replaced_is_decoded_anew(videos):
    kept = KeptFrames()
    before = kept.read(videos[0], [0])[0]
    write_video(videos[0], np.full((FRAMES + 1, SIDE, SIDE, 3), 200, np.uint8))
    after = kept.read(videos[0], [0])[0]
    assert abs(after.astype(int) - 200).max() < 20 and (after != before).any()


def test_a_number_beyond_the_video_is_an_error(videos):
    with pytest.raises(IndexError, match='has 8 frame'):
        KeptFrames().read(videos[0], [FRAMES])
