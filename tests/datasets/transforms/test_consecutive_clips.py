import pytest

from mmdebias.datasets import ConsecutiveClips


def frames(total, **options):
    results = ConsecutiveClips(**options).transform(dict(total_frames=total))
    return results['frame_inds'].reshape(results['num_clips'], results['clip_len']).tolist()


def test_clips_follow_each_other_and_the_rest_is_dropped():
    assert frames(11, clip_len=4) == [[0, 1, 2, 3], [4, 5, 6, 7]]
    assert frames(12, clip_len=4)[2] == [8, 9, 10, 11]
    assert frames(13, clip_len=3, frame_interval=2) == [[0, 2, 4], [6, 8, 10]]


def test_short_video_starts_again():
    assert frames(3, clip_len=4) == [[0, 1, 2, 0]]


def test_what_is_no_clip_is_refused():
    with pytest.raises(ValueError, match='clip_len=0'):
        ConsecutiveClips(clip_len=0)
    with pytest.raises(ValueError, match='no frames'):
        frames(0)
