"""Photographs as scenes."""

import dataclasses
import shutil

import cv2
import numpy as np
import pytest

from mmdebias.datasets.toy import SCENES, ToyConfig, ToyVideo, make_toy, photographs, render_video

STILL = dict(videos=8, size=(32, 40), frames=8, shake=0, lighting=0)


def save(path, colour):
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.full((20, 30, 3), colour, np.uint8))


@pytest.fixture
def kinds(tmp_path):
    """Eight subfolders, each of pictures of one grey."""
    for kind in range(8):
        for number in range(2):
            save(tmp_path / 'photos' / f'kind{kind}' / f'{number}.png', 30 * kind)
    return tmp_path / 'photos'


def test_subfolders_are_the_kinds_of_scenes(kinds):
    config = ToyConfig(images=kinds, **STILL)
    assert config.scenes == tuple(f'kind{kind}' for kind in range(8))
    for scene in (0, 3, 7):
        frames, masks = render_video(config, ToyVideo('train', 0, 1, scene))
        assert (np.abs(frames[~masks].astype(int) - 30 * scene).max(-1) <= 1).mean() > 0.9


def test_other_pictures_are_dealt_out(tmp_path):
    for number in range(19):
        save(tmp_path / f'folder{number % 3}' / f'{number}.png', number)
    groups = photographs.photograph_groups(str(tmp_path))
    assert list(groups) == [f'photographs_{group}' for group in range(8)]
    assert sorted(map(len, groups.values())) == [2] * 5 + [3] * 3
    assert len({name for group in groups.values() for name in group}) == 19


def test_a_picture_is_cut_to_the_frame_and_varies(tmp_path):
    ramp = np.broadcast_to(np.arange(200, dtype=np.uint8)[:, None], (100, 200, 3))
    for number in range(8):
        cv2.imwrite(str(tmp_path / f'{number}.png'), ramp)
    seen = [
        photographs.read_photograph(str(tmp_path), 2, 16, 24, np.random.default_rng(seed))
        for seed in range(6)
    ]
    assert all(picture.shape == (16, 24, 3) and picture.dtype == np.float32 for picture in seen)
    steps = [np.diff(picture[0, :, 0].astype(float)).mean() for picture in seen]
    assert min(steps) < 0 < max(steps)  # some mirrored
    assert len({round(abs(step), 4) for step in steps}) > 3  # enlarged more or less


def test_the_set_names_them_and_knows_them_again(kinds, tmp_path):
    config = ToyConfig(images=str(kinds), **STILL)
    meta = make_toy(tmp_path / 'set', config, workers=1)
    assert meta['scenes'] == list(config.scenes) != list(SCENES)
    assert (tmp_path / 'set' / 'scenes.txt').read_text().split() == list(config.scenes)
    assert meta['arguments']['images'].startswith('16 pictures, ')
    # The same pictures elsewhere are the same, a picture less is another set.
    shutil.copytree(kinds, tmp_path / 'moved')
    moved = dataclasses.replace(config, images=str(tmp_path / 'moved'))
    assert moved.fingerprint() == config.fingerprint()
    (tmp_path / 'moved' / 'kind3' / '1.png').unlink()
    for cached in (photographs.photograph_groups, photographs.describe_photographs):
        cached.cache_clear()
    with pytest.raises(FileExistsError, match=r'images is .16 pictures, .* and .15 pictures'):
        make_toy(tmp_path / 'set', moved, workers=1)


def test_too_few_and_broken_pictures_are_named(tmp_path):
    with pytest.raises(ValueError, match=r"images='.*/none': 0 pictures .* 8 or more"):
        ToyConfig(images=tmp_path / 'none')
    for number in range(8):
        (tmp_path / f'{number}.jpg').write_text('no picture')
    with pytest.raises(ValueError, match=r'\.jpg is no picture that OpenCV reads: remove it'):
        render_video(ToyConfig(images=tmp_path, **STILL), ToyVideo('train', 0, 1, 0))
