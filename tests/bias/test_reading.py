"""Frames of the videos of a list."""

import numpy as np
import pytest

from helpers.videos import cut_video
from mmdebias.bias.reading import read_frames
from mmdebias.video import VideoReadError


def test_a_cut_video_is_not_measured_as_a_short_one(few_videos, tmp_path):
    _, chosen, total = read_frames(few_videos / '00.mp4', lambda total: np.arange(total)[::8])
    assert (chosen.tolist(), total) == ([0, 8, 16], 24)
    cut = cut_video(few_videos / '00.mp4', tmp_path / 'cut.mp4')
    with pytest.raises(VideoReadError, match=r'cut\.mp4 is cut: .* take it out of the list'):
        read_frames(cut, lambda total: np.arange(total))
