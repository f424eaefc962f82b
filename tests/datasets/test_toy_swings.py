"""Swings: the motions of the whole body."""

import dataclasses

import numpy as np
import pytest

from mmdebias.datasets.toy import (
    CLASSES,
    SWINGS,
    ToyConfig,
    ToyVideo,
    make_toy,
    render_video,
    sample_swing,
    swing_joints,
)

CONFIG = ToyConfig(videos=16, size=(40, 40), motions='swings', actor_size=(0.5, 0.6))
# As many turns as fit both periods: 48 frames are three or six of 16, two or four of 24.
FRAMES = 48


def sample_places(label, count, period=(16.0, 24.0)):
    """Places [count, FRAMES, 2] of the trunk's middle."""
    rngs = (np.random.default_rng([seed, label]) for seed in range(count))
    return np.stack([sample_swing(label, FRAMES, rng, period=period)[1] for rng in rngs])


def test_there_are_as_many_as_there_are_other_motions():
    assert len(SWINGS) == len(set(SWINGS.values())) == len(CLASSES)
    assert CONFIG.classes == tuple(SWINGS) and ToyConfig().classes == CLASSES


@pytest.mark.parametrize('label, rates', enumerate(SWINGS.values()))
def test_the_sequence_tells_how_often_each_axis_swings(label, rates):
    places = sample_places(label, 5, period=(16.0, 16.0))
    spectra = np.abs(np.fft.rfft(places - places.mean(1, keepdims=True), axis=1))
    for axis, rate in enumerate(rates):
        # Three slow periods in all, and nothing at any other frequency.
        expected = np.zeros(FRAMES // 2 + 1, bool)
        expected[3 * rate] = rate > 0
        assert (spectra[..., axis] > 1e-6).tolist() == 5 * [expected.tolist()]


def test_the_place_in_a_frame_has_one_distribution():
    for frame in (0, 17, 47):
        places = np.stack([sample_places(label, 400)[:, frame] for label in range(8)])
        seen = np.concatenate([places, places**2, places[..., :1] * places[..., 1:]], -1)
        error = seen.std((0, 1)) / np.sqrt(seen.shape[1])
        assert np.abs((seen.mean(1) - seen.mean((0, 1))) / error).max() < 4.5


def test_the_first_frame_is_the_same_picture_for_every_class():
    videos = [render_video(CONFIG, ToyVideo('train', 5, label, 3)) for label in range(8)]
    for frames, masks in videos[1:]:
        assert np.array_equal(frames[0], videos[0][0][0])
        assert np.array_equal(masks[0], videos[0][1][0])
    assert len({frames[3].tobytes() for frames, _ in videos}) == 8


def test_the_body_goes_where_the_swing_is():
    tracks, places = sample_swing(4, FRAMES, np.random.default_rng(0))
    joints, facing = swing_joints(dataclasses.replace(tracks, sway_x=0 * tracks.sway_x), places)
    trunk = (joints['hips'] + joints['neck']) / 2
    assert np.allclose(trunk, places, atol=0.02)
    assert set(facing) == {1}
    # Its pose stays: the shin is as long and leans as it did.
    shin = joints['ankle_near'] - joints['knee_near']
    assert np.allclose(shin, shin[0])


def test_a_still_frame_does_not_tell_videos_apart_by_the_way_that_they_face():
    for video in range(20):
        tracks, places = sample_swing(0, FRAMES, np.random.default_rng(video))
        assert set(swing_joints(tracks, places)[1]) == {1}


def test_a_set_of_them_names_its_classes(tmp_path):
    meta = make_toy(tmp_path, dataclasses.replace(CONFIG, videos=8, frames=8), workers=1)
    assert meta['classes'] == list(SWINGS)
    assert (tmp_path / 'classes.txt').read_text().splitlines() == list(SWINGS)
