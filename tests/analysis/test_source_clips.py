import numpy as np
import pytest

from helpers.videos import write_video
from mmdebias.analysis.source_clips import CASES, NOISE, REAL, few_videos, generated_videos

NUMBERS = np.array([[0, 1, 2, 3], [4, 5, 6, 7], [0, 1, 2, 3]])


@pytest.fixture(scope='module')
def videos():
    """Four videos of ten frames; a frame's values are ten times its video plus its number."""
    grounds = [np.full((10, 16, 20, 3), 10 * video, np.uint8) for video in range(4)]
    return [ground + np.arange(10, dtype=np.uint8)[:, None, None, None] for ground in grounds]


def drawn(case, videos, count=4):
    sources = CASES[case](videos, count, np.random.default_rng(0))
    assert len(sources) == count and sources[0].total == 10
    frames = [source.frames(NUMBERS) for source in sources]
    assert frames[0].shape == (3, 4, 16, 20, 3) and frames[0].dtype == np.uint8
    return np.stack(frames)


def test_real_clips_are_the_frames_that_were_asked_for_of_other_videos(videos):
    frames = drawn(REAL, videos)
    assert (frames[..., 0, 0, 0] % 10 == NUMBERS).all()
    assert sorted(frames[:, 0, 0, 0, 0, 0] // 10) == [0, 1, 2, 3]


@pytest.mark.parametrize('case', ['still noise', 'still photograph'])
def test_stills_are_one_picture_for_all(videos, case):
    frames = drawn(case, videos)
    assert (frames == frames[0, 0, 0]).all()


def test_moving_noise_is_new_in_each_frame_of_each_view(videos):
    frames = drawn('moving noise', videos).reshape(48, -1)
    assert len(np.unique(frames, axis=0)) == 48


def test_shuffled_frames_are_of_one_video_and_each_view_has_its_own(videos):
    values = drawn('shuffled frames', videos)[..., 0, 0, 0]
    assert len(np.unique(values // 10)) == 1
    assert all(len(set(view)) == 4 for view in values.reshape(-1, 4))
    assert not (values[:, 0] == values[:, 2]).all()  # though both were to show the same frames


def test_a_pan_moves_evenly_and_begins_anywhere():
    ramp = np.broadcast_to(
        np.arange(0, 200, 5, dtype=np.uint8)[None, None, :, None], (10, 16, 40, 3)
    )
    frames = drawn_pan = CASES['panned photograph']([ramp], 1, np.random.default_rng(0))[0].frames(
        NUMBERS
    )
    assert drawn_pan.shape == (3, 4, 16, 40, 3)
    steps = np.diff(frames[..., 8, 20, 0].astype(int), axis=1)
    assert np.abs(steps).max() > 0
    assert not np.array_equal(frames[0], frames[2])


def test_cases_without_an_answer_come_in_batches_of_one_content(videos):
    for case in set(CASES) - {REAL}:
        assert len(set(map(id, CASES[case](videos, 3, np.random.default_rng(1))))) == 1
    assert set(NOISE) < set(CASES)


def test_videos_are_read_small(tmp_path):
    paths = []
    for index in range(3):
        paths.append(tmp_path / f'{index}.mp4')
        write_video(paths[-1], np.full((70, 64, 96, 3), 60 * index, np.uint8))
    found = few_videos(paths)
    assert [video.shape for video in found] == [(64, 40, 52, 3)] * 3
    assert found[2].mean() == pytest.approx(120, abs=3)
    write_video(tmp_path / 'one.mp4', np.zeros((1, 64, 96, 3), np.uint8))
    with pytest.raises(ValueError, match=r'one\.mp4 has 1 frame'):
        few_videos([tmp_path / 'one.mp4'])


def test_without_videos_some_are_generated():
    found = generated_videos(8)
    assert len(found) == 8 and found[0].shape == (64, 40, 52, 3)
    assert np.diff(found[0].astype(int), axis=0).any()
