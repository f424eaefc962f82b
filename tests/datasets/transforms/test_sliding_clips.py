import numpy as np
import pytest

from mmdebias.datasets import SlidingClips


def test_windows_of_16_move_on_by_4():
    results = SlidingClips()(dict(total_frames=30))
    frames = results['frame_inds'].reshape(results['num_clips'], 16)
    assert frames[:, 0].tolist() == [0, 4, 8, 12]  # the next would end at frame 32
    assert (np.diff(frames) == 1).all()


def test_last_window_may_end_with_the_video():
    results = SlidingClips(clip_len=4, stride=3, frame_interval=2)(
        dict(total_frames=10, start_index=1)
    )
    assert results['frame_inds'].reshape(-1, 4).tolist() == [[1, 3, 5, 7], [4, 6, 8, 10]]


def test_video_shorter_than_the_window_is_named():
    with pytest.raises(ValueError, match=r'short\.mp4 has 15 frame.*window of 16'):
        SlidingClips()(dict(total_frames=15, filename='short.mp4'))


@pytest.mark.parametrize('name', ['clip_len', 'stride', 'frame_interval'])
def test_arguments_below_one_are_refused(name):
    with pytest.raises(ValueError, match=f'{name}=0'):
        SlidingClips(**{name: 0})
