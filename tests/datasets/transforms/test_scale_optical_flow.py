import cv2
import numpy as np
import pytest

from mmdebias.datasets import PerView, SampleViews, ScaleOpticalFlow
from mmdebias.ops import flow_to_previous, warp_by_flow

RESIZE = dict(type='Resize', scale=(32, 32), keep_ratio=False)


def clip(frames=5, size=48):
    """A bright square that moves over a still, smooth ground."""
    rng = np.random.default_rng(0)
    ground = rng.integers(0, 120, (size, size, 3), dtype=np.uint8)
    video = cv2.GaussianBlur(ground, (0, 0), 2)[None].repeat(frames, 0)
    for t in range(frames):
        video[t, 12:28, 4 + 2 * t : 20 + 2 * t] = 255
    return list(video)


def sample(frames, **extra):
    return dict(imgs=frames, num_clips=1, **extra)


def test_each_frame_is_the_one_before_moved_by_a_scale_drawn_anew():
    frames = clip()
    np.random.seed(1)
    moved = ScaleOpticalFlow(max_scale=3)(sample(frames))['imgs']
    np.random.seed(1)
    scales = np.random.uniform(0, 3, 4)
    expected = warp_by_flow(frames[:-1], flow_to_previous(frames), scales, 'reflection')
    assert len(set(scales)) == 4
    assert np.array_equal(moved[0], frames[0])
    assert np.array_equal(moved[1:], expected)


def test_no_scale_repeats_each_frame():
    frames = clip()
    moved = ScaleOpticalFlow(max_scale=0)(sample(frames))['imgs']
    assert np.array_equal(moved, [frames[0], *frames[:-1]])


def test_clips_of_a_sample_are_moved_apart():
    frames = clip() + clip()[::-1]
    np.random.seed(1)
    moved = ScaleOpticalFlow()(dict(imgs=frames, num_clips=2))['imgs']
    assert len(moved) == 10 and np.array_equal(moved[5], frames[5])


@pytest.mark.parametrize('method', ['dis_medium', 'farneback', 'tvl1'])
def test_method_of_the_flow_is_a_choice(method):
    moved = ScaleOpticalFlow(method=method)(sample(clip(3)))['imgs']
    assert [frame.shape for frame in moved] == [(48, 48, 3)] * 3


def test_one_view_is_moved_and_the_others_stay():
    views = dict(anchor=dict(), negative=dict(same_as='anchor'))
    results = SampleViews(5, 1, views)(dict(total_frames=5, modality='RGB'))
    frames = clip()
    results.update(imgs=[frame.copy() for frame in frames], img_shape=(48, 48))
    disturb = PerView(views=['negative'], flow=dict(type='ScaleOpticalFlow', max_scale=0))
    imgs = disturb(PerView(resize=RESIZE)(results))['imgs']
    small = [cv2.resize(frame, (32, 32)) for frame in frames]
    assert np.array_equal(imgs[:5], small)
    assert np.array_equal(imgs[5:], [small[0], *small[:-1]])


def test_video_of_one_frame_has_no_motion_to_scale():
    still = [clip(1)[0]] * 4
    assert np.array_equal(ScaleOpticalFlow()(sample(list(still)))['imgs'], still)


@pytest.fixture
def flow_files(tmp_path):
    """Flow (2 t, 0) for frame t of a video of 6, at half its size."""
    flow = np.zeros((6, 24, 24, 2), np.float16)
    flow[..., 0] = 2 * np.arange(6)[:, None, None]
    (tmp_path / 'class').mkdir()
    np.save(tmp_path / 'class' / 'video_2.npy', flow)
    return str(tmp_path / '{folder}' / '{stem}_{interval}.npy')


def filed(frames, **extra):
    known = dict(filename='/data/class/video.mp4', total_frames=6, frame_interval=2)
    return sample(frames, **{**known, 'frame_inds': np.array([1, 3, 5]), **extra})


def test_flow_is_read_from_the_videos_file_by_frame(flow_files):
    frames = clip(3)
    np.random.seed(1)
    moved = ScaleOpticalFlow(files=flow_files)(filed(frames))['imgs']
    np.random.seed(1)
    scales = np.random.uniform(0, 5, 2)
    flow = np.zeros((2, 48, 48, 2), np.float32)
    flow[0, ..., 0], flow[1, ..., 0] = 4, 12  # of frames 1 and 3, twice as large here
    assert np.array_equal(moved[1:], warp_by_flow(frames[:-1], flow, scales, 'reflection'))


def test_views_frames_find_their_flow(flow_files):
    views = dict(anchor=dict(), negative=dict(shift_from='anchor', shift=(1, 1)))
    results = SampleViews(3, 2, views)(dict(total_frames=6, modality='RGB'))
    results.update(filename='/data/class/video.mp4', img_shape=(48, 48))
    results['imgs'] = [clip(6)[i] for i in results['frame_inds']]
    inds = results['frame_inds'][results['view_positions'][1]]
    scaled = dict(type='ScaleOpticalFlow', files=flow_files, max_scale=1, border='border')
    np.random.seed(1)
    imgs = PerView(views=['negative'], flow=scaled)(results)['imgs']
    np.random.seed(1)
    phi = np.random.uniform(0, 1, 2)
    flow = np.zeros((2, 48, 48, 2), np.float32)
    flow[..., 0] = 4 * inds[:2, None, None]
    expected = warp_by_flow([clip(6)[i] for i in inds[:2]], flow, phi, 'border')
    assert np.array_equal(imgs[4:], expected)


@pytest.mark.parametrize(
    ('extra', 'error', 'says'),
    [
        (dict(filename='/data/class/other.mp4'), FileNotFoundError, 'extract_flow.py'),
        (dict(total_frames=7), ValueError, r'needs \[7, h, w, 2\]'),
        (dict(crop_quadruple=(0, 0, 1, 1)), ValueError, 'before the transforms that crop'),
        (dict(flip=True), ValueError, 'before the transforms that crop'),
    ],
)
def test_files_that_are_not_the_clips_are_refused(flow_files, extra, error, says):
    with pytest.raises(error, match=says):
        ScaleOpticalFlow(files=flow_files)(filed(clip(3), **extra))


@pytest.mark.parametrize(
    ('arguments', 'says'),
    [
        (dict(max_scale=-1), 'max_scale=-1'),
        (dict(max_scale=float('nan')), 'max_scale=nan'),
        (dict(method='magic'), "method='magic'"),
        (dict(border='grey'), "border='grey'"),
    ],
)
def test_bad_arguments_are_refused_when_built(arguments, says):
    with pytest.raises(ValueError, match=says):
        ScaleOpticalFlow(**arguments)


def test_clip_of_one_frame_is_refused():
    with pytest.raises(ValueError, match='raise clip_len'):
        ScaleOpticalFlow()(sample(clip(1)))


def test_frames_too_small_for_the_method_are_refused():
    with pytest.raises(ValueError, match='8x8 pixels are too small'):
        ScaleOpticalFlow()(sample([np.zeros((8, 8, 3), np.uint8)] * 2))
    moved = ScaleOpticalFlow(method='farneback')(sample([np.zeros((8, 8, 3), np.uint8)] * 2))
    assert len(moved['imgs']) == 2


def test_no_black_fringe_tells_a_negative():
    rng = np.random.default_rng(0)
    ground = rng.integers(100, 256, (12, 30, 3), dtype=np.uint8).repeat(8, 0).repeat(8, 1)
    frames = [ground[:, 6 * t : 6 * t + 96] for t in range(4)]
    for seed in range(5):
        np.random.seed(seed)
        moved = ScaleOpticalFlow()(sample(frames))['imgs']
        assert min(frame.min() for frame in moved) >= 99
    assert min(f.min() for f in ScaleOpticalFlow(border='zeros')(sample(frames))['imgs']) == 0
