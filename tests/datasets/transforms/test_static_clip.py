import numpy as np
import pytest
from mmaction.registry import TRANSFORMS
from mmcv.transforms import Compose

from mmdebias.datasets import StaticClip


def sampled(clips=3, clip_len=4, total=50):
    starts = 10 * np.arange(clips)[:, None]
    inds = (starts + 2 * np.arange(clip_len)).flatten()
    return dict(frame_inds=inds, num_clips=clips, clip_len=clip_len, total_frames=total)


def test_middle_frame_of_each_clip():
    frames = StaticClip('middle')(sampled())['frame_inds']
    assert frames.tolist() == [4] * 4 + [14] * 4 + [24] * 4


def test_one_frame_of_the_whole_video_is_all_that_its_clips_show():
    drawn = np.stack([StaticClip()(sampled())['frame_inds'] for _ in range(400)])
    drawn = drawn.reshape(400, 3, 4)
    assert (drawn == drawn[:, :1, :1]).all()
    counts = np.bincount(drawn[:, 0, 0], minlength=50)
    # 400 draws from 50 frames: 8 of each, within five standard deviations.
    assert len(counts) == 50 and np.abs(counts - 8).max() < 15


def test_decoded_clip_does_not_move(few_videos):
    steps = [
        dict(type='VideoInit'), dict(type='SampleFrames', clip_len=6), dict(type='StaticClip'),
        dict(type='VideoDecode'),
    ]  # fmt: skip
    read = Compose([TRANSFORMS.build(step) for step in steps])
    video = dict(filename=str(few_videos / '00.mp4'), start_index=0, modality='RGB')
    imgs = np.stack(read(video)['imgs'])
    assert len(imgs) == 6 and (imgs == imgs[:1]).all()


@pytest.mark.parametrize('extra', [dict(imgs=[]), dict(view_positions=[])])
def test_wrong_place_in_the_pipeline_is_refused(extra):
    with pytest.raises(ValueError, match=r'after SampleFrames .* before the decoder'):
        StaticClip()(sampled() | extra)


def test_unknown_frame_is_refused():
    with pytest.raises(ValueError, match="frame='first'"):
        StaticClip('first')
