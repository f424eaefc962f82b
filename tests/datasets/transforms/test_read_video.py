"""Our reader in a pipeline."""

import av
import numpy as np
import pytest
from mmaction.registry import TRANSFORMS

from helpers.numbered import KINDS, damage_payload, encode, read_number, sequential
from mmdebias.datasets import VideoDecode, VideoInit
from mmdebias.video import RecountedError, VideoReadError, count_frames
from mmdebias.video.with_decord import check_reader

av.logging.set_level(av.logging.PANIC)


@pytest.fixture(scope='module')
def video(tmp_path_factory):
    return encode(tmp_path_factory.mktemp('video') / 'video.mp4', 'libx264', options={'bf': '2'})


def read(path, numbers, **options):
    results = VideoInit()(dict(filename=str(path)))
    return VideoDecode(**options)(dict(results, frame_inds=np.array(numbers)))


def test_a_video_is_known_without_decoding_it(video):
    results = VideoInit()(dict(filename=str(video)))
    assert results['total_frames'] == 40
    assert results['avg_fps'] == 25
    assert results['img_shape'] == results['original_shape'] == (80, 112)


def test_a_path_without_an_ending_is_an_mp4(video):
    results = VideoInit()(dict(filename=str(video.with_suffix(''))))
    assert results['filename'] == str(video)


def test_frames_are_those_asked_for(video):
    frames = read(video, [5, 0, 38, 5])['imgs']
    assert [read_number(frame) for frame in frames] == [5, 0, 38, 5]
    assert np.array(frames).shape == (4, 80, 112, 3)


def test_numbers_may_start_from_one(video):
    results = dict(filename=str(video), start_index=1, frame_inds=np.array([1, 8]))
    assert [read_number(frame) for frame in VideoDecode()(results)['imgs']] == [0, 7]


def test_nothing_is_decoded_before_somebody_looks(video, monkeypatch):
    frames = read(video, [5])['imgs']
    monkeypatch.setattr('mmdebias.datasets.transforms.read_video.read_parts', None)
    assert len(frames) == 1 and frames.shape == (80, 112)
    with pytest.raises(TypeError):
        frames[0]


def test_a_frame_that_is_not_there_is_a_fault_of_the_video(video):
    with pytest.raises(VideoReadError, match=r'video\.mp4 has 40 frame'):
        read(video, [40])['imgs'][0]


@pytest.mark.parametrize('kind', ['H.264', 'MPEG-4 in .avi', 'H.265, open groups', '48 wide'])
def test_decord_is_used_where_it_is_right_only(kind, tmp_path):
    pytest.importorskip('decord')
    ending, write = KINDS[kind]
    path = write(tmp_path / f'video{ending}')
    frames = sequential(path)
    for start in range(0, 16, 5):
        numbers = range(start, start + 24, 2)
        found = np.array(read(path, numbers, reader='decord')['imgs'])
        assert np.abs(found.astype(int) - frames[list(numbers)]).mean() < 1


def test_readers_are_known_by_name():
    with pytest.raises(ValueError, match="reader='opencv' is none of"):
        VideoDecode(reader='opencv')


def test_a_missing_decord_is_told_at_once(monkeypatch):
    monkeypatch.setitem(__import__('sys').modules, 'decord', None)
    with pytest.raises(ImportError, match='pip install decord'):
        check_reader('decord')


@pytest.mark.parametrize(
    'steps',
    [
        [dict(type='RandomResizedCrop', area_range=(0.2, 1.0))],
        [dict(type='CenterCrop', crop_size=40), dict(type='RandomCrop', size=24)],
        [dict(type='MultiScaleCrop', input_size=64)],
        [],
    ],
)
@pytest.mark.parametrize('views', [None, ['query', 'key']])
def test_cropping_first_gives_the_pixels_of_decoding_first(video, steps, views):
    steps = [
        *steps,
        dict(type='Resize', scale=(32, 24), keep_ratio=False, interpolation='bicubic'),
        dict(type='Flip', flip_ratio=0.5),
    ]
    lazy = TRANSFORMS.build(dict(type='PerView', transforms=steps, views=views))
    eager = TRANSFORMS.build(dict(type='PerView', transforms=steps, views=views))
    assert lazy.drawing is not None
    eager.drawing = None
    sampler = TRANSFORMS.build(
        dict(type='SampleViews', clip_len=4, frame_interval=3, views=dict(query={}, key={}))
    )
    for seed in range(5):
        found = []
        for per_view in (lazy, eager):
            seed_both(seed)
            sample = VideoDecode()(sampler(VideoInit()(dict(filename=str(video), modality='RGB'))))
            found.append(per_view(sample))
        assert found[0].keys() == found[1].keys()
        np.testing.assert_array_equal(np.array(found[0]['imgs']), np.array(found[1]['imgs']))
        for key in ('frame_inds', 'view_positions', 'img_shape', 'crop_quadruple', 'flip'):
            np.testing.assert_array_equal(found[0].get(key), found[1].get(key), key)


def seed_both(seed):
    import random

    random.seed(seed)
    np.random.seed(seed)


@pytest.mark.parametrize(
    'steps',
    [
        [dict(type='Resize', scale=(32, 32)), dict(type='CenterCrop', crop_size=16)],
        [dict(type='ColorJitter')],
    ],
)
def test_other_transforms_decode_first(steps, video):
    per_view = TRANSFORMS.build(dict(type='PerView', transforms=steps))
    assert per_view.drawing is None
    sampler = TRANSFORMS.build(
        dict(type='SampleViews', clip_len=4, frame_interval=3, views=dict(query={}))
    )
    sample = VideoDecode()(sampler(VideoInit()(dict(filename=str(video), modality='RGB'))))
    assert len(per_view(sample)['imgs']) == 4


def test_fewer_frames_than_were_drawn_from(tmp_path):
    """The damage is met while the last of them is decoded; the next time it is known."""
    whole = KINDS['AV1'][1](tmp_path / 'whole.mp4')
    path = damage_payload(tmp_path / 'video.mp4', whole, range(31, 39))
    with pytest.warns(UserWarning, match='and not 40'), pytest.raises(RecountedError):
        np.stack(read(path, [39])['imgs'])
    last = count_frames(path) - 1
    np.testing.assert_array_equal(read(path, [last])['imgs'][0], sequential(path)[last])
