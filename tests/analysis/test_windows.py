import numpy as np
import pytest
import torch

from helpers.videos import write_video
from mmdebias.analysis import find_sampling, read_windows, window_pipeline
from mmdebias.analysis.windows import EXACT, MOTION
from mmdebias.datasets import find_masks
from mmdebias.datasets.toy.masks import pack_masks

PIPELINE = [
    dict(type='VideoInit'),
    dict(type='SampleFrames', clip_len=8, frame_interval=1, num_clips=10, test_mode=True),
    dict(type='VideoDecode'),
    dict(type='Resize', scale=(-1, 32)),
    dict(type='ThreeCrop', crop_size=32),
    dict(type='FormatShape', input_format='NCTHW'),
]
MIDDLE = dict(PIPELINE[1], num_clips=1)


@pytest.fixture
def video(tmp_path):
    """20 frames of 48x96: a bright square that moves right; its masks in ``masks``."""
    frames = np.full((20, 48, 96, 3), 40, np.uint8)
    masks = np.zeros((20, 48, 96), bool)
    for t in range(20):
        masks[t, 16:32, 30 + t : 46 + t] = True
    frames[masks] = 230
    (tmp_path / 'videos').mkdir()
    (tmp_path / 'masks').mkdir()
    write_video(tmp_path / 'videos' / 'a.mp4', frames)
    (tmp_path / 'masks' / 'a.npz').write_bytes(pack_masks(masks))
    return tmp_path / 'videos' / 'a.mp4'


def test_masks_go_through_the_resizing_and_cropping_of_the_frames(video):
    windows = read_windows(video, window_pipeline(PIPELINE, [MIDDLE]))
    assert windows.clips.shape == (1, 3, 8, 32, 32) and windows.clips.dtype == torch.uint8
    assert windows.masks.shape == (1, 8, 32, 32) and windows.masks_are == EXACT
    bright = windows.clips[:, 0] > 135
    assert (bright != windows.masks).float().mean() < 0.02 < windows.masks.float().mean()


def test_other_sampling_and_disturbances_take_their_place(video):
    sliding = dict(type='SlidingClips', clip_len=6, stride=7)
    steps = window_pipeline(PIPELINE, [sliding], [dict(type='AddStaticFrame', videos=[str(video)])])
    kinds = [step['type'] for step in steps]
    assert kinds == [
        'VideoInit', 'SlidingClips', 'VideoDecode', 'AddStaticFrame', 'Resize', 'CenterCrop',
        'FormatShape',
    ]  # fmt: skip
    windows = read_windows(video, steps)
    assert windows.frame_inds.tolist() == [[*range(s, s + 6)] for s in (0, 7, 14)]
    assert find_sampling(PIPELINE) == PIPELINE[1]


def test_segments_of_a_2d_net_are_one_clip(video):
    steps = [dict(step) for step in PIPELINE]
    steps[1].update(clip_len=1, num_clips=5)
    steps[5]['input_format'] = 'NCHW'
    windows = read_windows(video, window_pipeline(steps))
    assert windows.clips.shape == (1, 3, 5, 32, 32) and windows.frame_inds.shape == (1, 5)
    bright = windows.clips[:, 0] > 135
    assert (bright != windows.masks).float().mean() < 0.02


def test_video_without_masks_gets_the_motion_mask(few_videos):
    windows = read_windows(few_videos / '00.mp4', window_pipeline(PIPELINE, [MIDDLE]))
    assert windows.masks_are == MOTION
    assert windows.masks.shape == (1, 8, 32, 32) and windows.masks.any()
    assert (windows.masks == windows.masks[:, :1]).all()
    bare = read_windows(
        few_videos / '00.mp4', window_pipeline(PIPELINE, [MIDDLE]), foreground=False
    )
    assert bare.masks is None and torch.equal(bare.clips, windows.clips)


def test_masks_are_found_beside_the_videos_or_in_a_folder(video, tmp_path):
    beside = tmp_path / 'masks' / 'a.npz'
    assert find_masks(video) == beside == find_masks(video, tmp_path / 'masks')
    assert find_masks(tmp_path / 'b.mp4') is None
    with pytest.raises(FileNotFoundError, match=r'b\.mp4 has no masks: looked for'):
        find_masks(tmp_path / 'b.mp4', tmp_path / 'masks')


def test_masks_of_another_video_are_refused(video, tmp_path):
    file = tmp_path / 'masks' / 'a.npz'
    file.write_bytes(pack_masks(np.ones((20, 48, 48), bool)))
    with pytest.raises(ValueError, match=r'a\.npz has masks of 48x48.*a\.mp4 are 48x96'):
        read_windows(video, window_pipeline(PIPELINE, [MIDDLE]))


def test_wrong_input_is_refused(video, tmp_path):
    long = dict(MIDDLE, frame_interval=3)
    with pytest.raises(ValueError, match=r'a\.mp4 has 20 frame.*of 8 with interval 3 spans 22'):
        read_windows(video, window_pipeline(PIPELINE, [long]))
    with pytest.raises(FileNotFoundError, match=r'none\.mp4'):
        read_windows(tmp_path / 'none.mp4', PIPELINE)
    with pytest.raises(ValueError, match='its clips are not known'):
        window_pipeline(PIPELINE[2:])
    with pytest.raises(ValueError, match='no decoder'):
        window_pipeline(PIPELINE[:2])
