"""Frames of the videos of a list."""

import time

import numpy as np
import pytest

from helpers.videos import cut_video
from mmdebias.bias.reading import read_frames, readable_index
from mmdebias.video import VideoReadError


def test_a_cut_video_is_not_measured_as_a_short_one(few_videos, tmp_path):
    _, chosen, total = read_frames(few_videos / '00.mp4', lambda total: np.arange(total)[::8])
    assert (chosen.tolist(), total) == ([0, 8, 16], 24)
    cut = cut_video(few_videos / '00.mp4', tmp_path / 'cut.mp4')
    with pytest.raises(VideoReadError, match=r'cut\.mp4 is cut: .* take it out of the list'):
        read_frames(cut, lambda total: np.arange(total))


def test_an_index_is_read_of_a_video_that_is_whole(few_videos, tmp_path, monkeypatch):
    assert readable_index(few_videos / '00.mp4', 60).frames == 24
    cut = cut_video(few_videos / '00.mp4', tmp_path / 'cut.mp4')
    with pytest.raises(VideoReadError, match=r'cut\.mp4 is cut: .* take it out of the list'):
        readable_index(cut)
    (tmp_path / 'no.mp4').write_text('no video')
    with pytest.raises(VideoReadError, match=r'no\.mp4 cannot be opened.* take it out of the list'):
        readable_index(tmp_path / 'no.mp4')
    monkeypatch.setattr('mmdebias.bias.reading.find_index', lambda path: time.sleep(5))
    with pytest.raises(VideoReadError, match=r'00\.mp4: it took longer than 0.1 s\. Mend it'):
        readable_index(few_videos / '00.mp4', 0.1)
