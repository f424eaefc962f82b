import numpy as np
import pytest
import torch
from mmaction.registry import TRANSFORMS
from PIL import Image

from mmdebias.bias import ClipSpec
from mmdebias.bias.clips import clip_indices, resized_size, to_clips, to_input


@pytest.mark.parametrize('total', [1, 5, 29, 64, 300])
@pytest.mark.parametrize(('frames', 'stride', 'clips'), [(8, 4, 1), (4, 2, 3), (16, 8, 10)])
def test_frames_are_those_of_mmaction2(total, frames, stride, clips):
    sample = TRANSFORMS.build(
        dict(type='SampleFrames', clip_len=frames, frame_interval=stride, num_clips=clips,
             test_mode=True)
    )  # fmt: skip
    expected = sample(dict(total_frames=total, start_index=0))['frame_inds']
    found = clip_indices(ClipSpec(frames, stride, clips=clips), total)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize('total', [1, 5, 29, 300])
def test_spread_frames_are_those_of_mmaction2(total):
    sample = TRANSFORMS.build(
        dict(type='SampleFrames', clip_len=1, frame_interval=1, num_clips=8, test_mode=True)
    )
    expected = sample(dict(total_frames=total, start_index=0))['frame_inds']
    found = clip_indices(ClipSpec(8, 'spread'), total)
    np.testing.assert_array_equal(found, expected)


def test_several_spread_clips_lie_side_by_side():
    first, second = clip_indices(ClipSpec(4, 'spread', clips=2), 80).reshape(2, 4)
    assert first.tolist() == [5, 25, 45, 65] and second.tolist() == [15, 35, 55, 75]


def test_frames_are_resized_as_by_pillow_and_cut_in_the_middle():
    rng = np.random.default_rng(0)
    frames = [rng.integers(0, 256, (40, 60, 3), dtype=np.uint8) for _ in range(4)]
    for interpolation in ('bilinear', 'bicubic'):
        spec = ClipSpec(frames=2, size=16, clips=2, resize=20, interpolation=interpolation)
        clips = to_clips(frames, spec)
        assert clips.shape == (2, 3, 2, 16, 16) and clips.dtype == torch.uint8
        small = Image.fromarray(frames[3]).resize(
            (30, 20), getattr(Image.Resampling, interpolation.upper())
        )
        expected = torch.from_numpy(np.array(small)[2:18, 7:23]).permute(2, 0, 1)
        assert (clips[1, :, 1].int() - expected.int()).abs().max() <= 1


def test_frames_of_the_right_size_are_left_alone():
    frames = np.random.default_rng(0).integers(0, 256, (2, 8, 8, 3), dtype=np.uint8)
    clips = to_clips(list(frames), ClipSpec(frames=2, size=8))
    np.testing.assert_array_equal(clips[0].permute(1, 2, 3, 0), frames)


def test_the_size_covers_what_is_cut():
    assert resized_size(ClipSpec(8, size=(20, 30)), (40, 80)) == (20, 40)
    assert resized_size(ClipSpec(8, size=16, resize=20), (60, 40)) == (30, 20)
    assert resized_size(ClipSpec(8, size=16, resize=(16, 20)), (60, 40)) == (16, 20)


def test_the_long_side_is_rounded_as_is_stated():
    for size, nearest, down in (((256, 340), 298, 297), ((240, 427), 399, 398)):
        assert resized_size(ClipSpec(8, resize=224), size) == (224, nearest)
        assert resized_size(ClipSpec(8, resize=224, rounding='down'), size) == (224, down)
    assert resized_size(ClipSpec(8, size=(224, 298), rounding='down'), (256, 340)) == (224, 298)
    assert resized_size(ClipSpec(8, rounding='down'), (340, 256)) == (297, 224)


def test_values_and_layout():
    clips = torch.tensor([0, 51, 255], dtype=torch.uint8).view(1, 3, 1, 1, 1).repeat(1, 1, 4, 2, 2)
    assert to_input(clips, ClipSpec(4, size=2, values='uint8')) is clips
    floats = to_input(clips, ClipSpec(4, size=2))[0, :, 0, 0, 0]
    torch.testing.assert_close(floats, torch.tensor([0, 0.2, 1]))
    spec = ClipSpec(4, size=2, mean=(0.5,) * 3, std=(0.5, 0.5, 0.25), layout='NTCHW')
    normalised = to_input(clips, spec)
    assert normalised.shape == (1, 4, 3, 2, 2) and normalised.is_contiguous()
    torch.testing.assert_close(normalised[0, 0, :, 0, 0], torch.tensor([-1, -0.6, 2]))
