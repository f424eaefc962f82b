import pytest
import torch

from mmdebias.models import FAME, SpatialWarping
from mmdebias.ops import tps_grid, warp_clips
from mmdebias.ops.thin_plate_spline import uniform_points

CPU = torch.device('cpu')


def test_clips_are_bent_apart_and_their_frames_alike():
    still = torch.rand(1, 3, 1, 24, 32).expand(6, -1, 4, -1, -1)
    warped = SpatialWarping()(still)
    assert warped.shape == still.shape
    assert torch.equal(warped, warped[:, :, :1].expand_as(warped))
    assert all((warped[i] - warped[j]).abs().max() > 0.05 for i in range(6) for j in range(i))


@pytest.mark.parametrize('points', [3, 5])
def test_offsets_fill_the_range_and_keep_to_it(points):
    size = 2 * points - 1  # every other pixel is a destination point
    grid = SpatialWarping(points, max_offset=0.1).grid(400, (size, size), CPU)[:, ::2, ::2]
    offsets = (grid.reshape(400, -1, 2) - uniform_points(points).float()) / 2
    assert offsets.abs().max() <= 0.1 + 1e-5
    assert offsets.amin() < -0.099 and offsets.amax() > 0.099
    assert offsets.mean().abs() < 0.002
    assert offsets.std() == pytest.approx(0.1 / 3**0.5, rel=0.02)


def test_warp_is_the_spline_of_its_points():
    warping, clips = SpatialWarping(4, 0.05), torch.rand(2, 3, 2, 10, 14)
    torch.manual_seed(3)
    warped = warping(clips)
    torch.manual_seed(3)
    target = uniform_points(4).float()
    source = target + (2 * torch.rand(2, 16, 2) - 1) * 2 * 0.05
    expected = warp_clips(clips, tps_grid(source, target[None], (10, 14)), 'reflection')
    torch.testing.assert_close(warped, expected)


def test_no_offset_leaves_the_clip():
    clips = torch.rand(2, 3, 2, 16, 20)
    torch.testing.assert_close(SpatialWarping(max_offset=0)(clips), clips, atol=1e-5, rtol=0)


def test_uint8_becomes_float_that_fame_takes():
    clips = torch.full((3, 3, 2, 32, 32), 255, dtype=torch.uint8)
    warped = SpatialWarping(border='border')(clips)
    assert warped.dtype == torch.float32 and warped.max() <= 1
    assert FAME()(warped).shape == clips.shape


def test_border_decides_what_lies_outside():
    white = torch.ones(8, 3, 2, 24, 24)
    assert SpatialWarping(border='zeros')(white).min() == 0
    assert SpatialWarping(border='border')(white).min() > 0.999


def test_no_black_wedge_tells_a_warped_clip():
    noise = torch.rand(20, 3, 2, 24, 24) / 2 + 0.5
    assert SpatialWarping()(noise).min() > 0.499


def test_folds_are_as_rare_as_documented():
    grid = SpatialWarping().grid(500, (56, 56), CPU)
    right, down = grid.diff(dim=2)[:, :-1], grid.diff(dim=1)[:, :, :-1]
    folded = right[..., 0] * down[..., 1] < right[..., 1] * down[..., 0]
    assert folded.flatten(1).any(1).float().mean() < 0.2
    assert folded.float().mean() < 0.002


@pytest.mark.parametrize(
    ('arguments', 'says'),
    [
        (dict(points=1), 'points=1'),
        (dict(max_offset=-0.1), 'max_offset=-0.1'),
        (dict(max_offset=0.2), 'half the distance between 5 x 5 points'),
        (dict(points=9), 'change places'),
        (dict(border='grey'), "border='grey'"),
    ],
)
def test_bad_arguments_are_refused_when_built(arguments, says):
    with pytest.raises(ValueError, match=says):
        SpatialWarping(**arguments)


def test_bad_clips_are_refused():
    with pytest.raises(ValueError, match=r'\[N, 3, T, H, W\]'):
        SpatialWarping()(torch.rand(3, 4, 16, 16))
