import cv2
import numpy as np
import pytest

from mmdebias.datasets import PerView, RotateFrames


def smooth(height=48, width=64, frames=3):
    noise = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    return [cv2.GaussianBlur(noise, (0, 0), 3)] * frames


def test_frames_of_a_clip_are_turned_alike_and_clips_differ():
    clips = [np.stack(RotateFrames()(dict(imgs=smooth()))['imgs']) for _ in range(2)]
    for clip in clips:
        assert clip.shape == (3, 48, 64, 3) and clip.dtype == np.uint8
        assert (clip == clip[:1]).all()
    assert (clips[0] != clips[1]).any()


def test_no_corner_is_black():
    for _ in range(20):
        white = [np.full((48, 64, 3), 255, np.uint8)]
        assert RotateFrames(45)(dict(imgs=white))['imgs'][0].min() == 255


def test_angles_are_uniform_about_zero(monkeypatch):
    angles = []
    monkeypatch.setattr('mmcv.imrotate', lambda frame, angle, **_: angles.append(angle))
    for _ in range(4000):
        RotateFrames(10)(dict(imgs=[None]))
    counts, _ = np.histogram(angles, bins=8, range=(-10, 10))
    assert counts.sum() == 4000 and counts.min() > 400 and counts.max() < 600


def test_nothing_is_turned_by_zero_degrees():
    frames = smooth()
    assert (RotateFrames(0)(dict(imgs=frames))['imgs'][0] == frames[0]).all()


def test_degrees_out_of_range_are_an_error():
    with pytest.raises(ValueError, match='degrees=200 must be 0 to 180'):
        RotateFrames(200)


def test_each_view_is_turned_by_an_angle_of_its_own_before_it_is_cropped():
    steps = PerView(crop=dict(type='CenterCrop', crop_size=32), rotate=dict(type='RotateFrames'))
    results = dict(
        imgs=smooth(), frame_inds=np.arange(3), img_shape=(48, 64), num_clips=2, clip_len=3,
        view_names=('a', 'b'), view_positions=np.array([[0, 1, 2], [0, 1, 2]]),
    )  # fmt: skip
    imgs = np.stack(steps(results)['imgs']).reshape(2, 3, 32, 32, 3)
    assert (imgs == imgs[:, :1]).all() and (imgs[0] != imgs[1]).any()
