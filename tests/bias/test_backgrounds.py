import json

import cv2
import numpy as np
import pytest

from helpers.videos import write_video
from mmdebias.bias import build_masks
from mmdebias.bias.backgrounds import (
    clean_plate_of_video,
    draw_stripes,
    draws,
    list_images,
    read_image,
)


def main_colours(picture):
    """The two most frequent colours of a picture."""
    colours, counts = np.unique(picture.reshape(-1, 3), axis=0, return_counts=True)
    return colours[counts.argsort()[-2:]].astype(int)


@pytest.mark.parametrize('seed', range(8))
def test_stripes_have_two_complementary_colours_far_apart(seed):
    one, other = main_colours(draw_stripes(seed, 256, 340))
    assert (one + other == 255).all()
    assert np.abs(one - other).max() >= 127


@pytest.mark.parametrize('seed', range(8))
def test_stripes_have_the_share_of_their_widths(seed):
    # Spaced 3 to 5 half-widths, they cover 2/5 to 2/3 of the frame; a frame may cut some.
    picture = draw_stripes(seed, 512, 512)
    stripe, between = main_colours(picture)
    share = ((picture - between) @ (stripe - between)) / ((stripe - between) ** 2).sum()
    assert 0.3 < share.mean() < 0.7


def test_stripes_are_the_rows_own():
    assert (draw_stripes(3, 64, 64) == draw_stripes(3, 64, 64)).all()
    assert (draw_stripes(3, 64, 64) != draw_stripes(4, 64, 64)).any()


def test_stripes_grow_with_the_frame():
    small, large = draw_stripes(5, 64, 80), draw_stripes(5, 256, 320)
    again = cv2.resize(large, (80, 64), interpolation=cv2.INTER_AREA)
    # The same picture but for the softness of its edges.
    assert np.abs(small.astype(int) - again).mean() < 12


def test_purposes_draw_for_themselves():
    first = draws(1, 'stripes').uniform(size=3)
    assert (first == draws(1, 'stripes').uniform(size=3)).all()
    assert not np.intersect1d(first, draws(1, 'moment').uniform(size=3)).size


def test_images_are_found_in_folders_too(tmp_path):
    (tmp_path / 'b').mkdir()
    for name in ('z.png', 'b/a.JPG', 'b/readme.txt'):
        (tmp_path / name).touch()
    assert list_images(tmp_path) == ['b/a.JPG', 'z.png']
    with pytest.raises(ValueError, match='holds no pictures'):
        list_images(tmp_path / 'nowhere')


def test_images_fill_the_frame_in_rgb(tmp_path):
    picture = np.zeros((20, 60, 3), dtype=np.uint8)
    picture[:, 20:40] = (10, 20, 200)
    cv2.imwrite(str(tmp_path / 'a.png'), picture)
    assert (read_image(tmp_path / 'a.png', 40, 40) == (200, 20, 10)).all()
    with pytest.raises(ValueError, match=r'b\.png is missing or no picture'):
        read_image(tmp_path / 'b.png', 40, 40)


def test_plates_of_large_videos_have_the_actor_where_boxes_in_pixels_say(tmp_path):
    # Larger than a plate may be, so that its frames are resized.
    frames = np.full((8, 320, 400, 3), 40, dtype=np.uint8)
    for t, frame in enumerate(frames):
        frame[200:300, 280 + 8 * t : 320 + 8 * t] = 230
    write_video(tmp_path / 'a.mp4', frames)
    boxes = [[[280 + 8 * t, 200, 320 + 8 * t, 300]] for t in range(8)]
    shares = [[[x / 400, y / 320, z / 400, w / 320]] for [[x, y, z, w]] in boxes]
    plates = []
    for name, content in (('pixels', boxes), ('shares', shares)):
        (tmp_path / f'{name}.json').write_text(json.dumps({'a.mp4': content}))
        masks = build_masks(dict(type='boxes', file=tmp_path / f'{name}.json'), '')
        plates.append(clean_plate_of_video(str(tmp_path), 'a.mp4', masks))
    assert plates[0].shape == (256, 320, 3)
    assert plates[0].max() < 100
    assert (plates[0] == plates[1]).all()
