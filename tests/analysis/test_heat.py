import cv2
import decord
import numpy as np
import pytest
import torch

from mmdebias.analysis import draw_heat_sheet, overlay, write_heat_film


def test_overlay_is_bright_where_the_heat_is_and_grey_elsewhere():
    clips = torch.full((1, 3, 2, 8, 8), 128, dtype=torch.uint8)
    clips[:, 0] = 255
    heat = torch.zeros(1, 2, 8, 8)
    heat[..., :4] = 1
    pictures = overlay(clips, heat)
    assert pictures.shape == (1, 2, 8, 8, 3)
    hot, cold = pictures[0, 0, 0, 0], pictures[0, 0, 0, 7]
    assert hot.sum() > 2 * cold.sum()
    assert (
        np.ptp(overlay(clips, heat, alpha=0)[0, 0, 0, 0]) < 1e-6
    )  # the frame itself has no colour


def test_sheet_has_a_row_a_model_and_a_column_a_frame(tmp_path):
    frames = [np.random.rand(16, 24, 3), np.random.rand(16, 16, 3)]
    outlines = dict(one=[np.eye(16, 24) > 0, np.zeros((16, 16), bool)])  # the second is empty
    few = dict(frame=frames, one=frames)
    notes = dict(one=['10 % inside', '20 % inside'])
    small = draw_heat_sheet(tmp_path / 'new' / 'a.png', ['a', 'b'], few, notes, outlines)
    large = draw_heat_sheet(tmp_path / 'b.png', ['a', 'b'], few | dict(two=frames), notes)
    small, large = cv2.imread(str(small)), cv2.imread(str(large))
    assert small.shape[1] == large.shape[1]
    assert large.shape[0] == pytest.approx(1.5 * small.shape[0], rel=0.1)


def test_film_shows_the_video_and_each_model_large_enough_to_see(tmp_path):
    clip = torch.zeros(3, 5, 48, 48, dtype=torch.uint8)
    clip[1] = 200
    heats = dict(even=torch.zeros(5, 48, 48), hot=torch.ones(5, 48, 48))
    film = decord.VideoReader(str(write_heat_film(tmp_path / 'a.mp4', clip, heats)))
    frame = film[4].asnumpy().astype(int)
    assert len(film) == 5 and frame.shape[1] == 3 * 192 and frame.shape[0] >= 192
    video, even, hot = (frame[60:180, left : left + 150].mean((0, 1)) for left in (20, 210, 400))
    assert video[1] > 150 > 60 > video[0]
    assert hot.sum() > 2 * even.sum()
