import cv2
import numpy as np
import pytest
import torch

from mmdebias.video import count_frames, read_frames
from mmdebias.visualization import draw_mask_comparison, draw_view_sheet, write_view_film


def test_sheet_has_a_row_a_video_and_the_frames_of_each_view(tmp_path):
    views = dict(query=torch.rand(2, 3, 8, 16, 16), key=torch.rand(2, 3, 2, 16, 16))
    wide = cv2.imread(str(draw_view_sheet(tmp_path / 'new' / 'all.png', views, ['a', 'b'])))
    views.pop('key')
    narrow = cv2.imread(str(draw_view_sheet(tmp_path / 'one.png', views, ['a', 'b'])))
    assert wide.shape[1] == pytest.approx(narrow.shape[1] * 6 / 4, rel=0.05)  # 4 frames and 2


def test_film_shows_the_views_side_by_side(tmp_path):
    red, blue = torch.zeros(2, 3, 6, 32, 32, dtype=torch.uint8)
    red[0], blue[2] = 200, 200
    path = write_view_film(tmp_path / 'film.mp4', dict(query=red, key=blue[:, :3]))
    frame = read_frames(path, [5])[0].astype(int)
    assert count_frames(path) == 6 and frame.shape == (32, 64, 3)
    assert np.abs(frame[:, 4:28].mean((0, 1)) - [200, 0, 0]).max() < 20
    assert np.abs(frame[:, 36:60].mean((0, 1)) - [0, 0, 200]).max() < 20


def test_mask_comparison_has_a_column_a_mask(tmp_path):
    clips = torch.rand(2, 3, 4, 16, 16)
    masks = {name: torch.rand(2, 16, 16) > 0.5 for name in ('fame', 'seed', 'grid')}
    picture = cv2.imread(str(draw_mask_comparison(tmp_path / 'masks.png', clips, masks)))
    one = {'fame': masks['fame']}
    narrow = cv2.imread(str(draw_mask_comparison(tmp_path / 'one.png', clips, one)))
    assert picture.shape[1] == pytest.approx(2 * narrow.shape[1], rel=0.05)
