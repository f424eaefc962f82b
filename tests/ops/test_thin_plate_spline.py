import pytest
import torch
import torch.nn.functional as F
from scipy.interpolate import RBFInterpolator

from mmdebias.ops import tps_grid, warp_clips
from mmdebias.ops.thin_plate_spline import bend, identity_grid, tps_basis, uniform_points

CPU = torch.device('cpu')


def scattered(n, points=9):
    """``n`` sets of evenly spread points, each moved a little."""
    target = uniform_points(round(points**0.5)).expand(n, -1, -1)
    return target, target + 0.2 * torch.randn(target.shape, dtype=torch.double)


def test_grid_and_warp_are_those_of_the_authors(oracle):
    authors = {k: torch.from_numpy(v) for k, v in oracle('dsm_tps_56').items()}
    source, target = authors['source_control'][None], authors['target_control'][None]
    grid = tps_grid(source, target, (56, 56))
    torch.testing.assert_close(grid, authors['grid'], atol=1e-4, rtol=0)
    warped = warp_clips(authors['video'], grid.expand(2, -1, -1, -1))
    torch.testing.assert_close(warped, authors['warped_align_corners_true'], atol=1e-3, rtol=0)


@pytest.mark.parametrize('size', [(8, 8), (7, 12)])
def test_grid_is_the_spline_of_scipy(size):
    target, source = scattered(3)
    grid = tps_grid(source, target, size)
    for i in range(3):
        spline = RBFInterpolator(target[i], source[i], kernel='thin_plate_spline')
        expected = torch.from_numpy(spline(identity_grid(size, CPU).view(-1, 2).numpy()))
        torch.testing.assert_close(grid[i].view(-1, 2), expected)


@pytest.mark.parametrize('points', [2, 5, 9])
@pytest.mark.parametrize('size', [(56, 56), (30, 47)])
def test_identity_points_give_the_identity(points, size):
    same = uniform_points(points)[None].float()
    expected = identity_grid(size, CPU)[None].float()
    torch.testing.assert_close(tps_grid(same, same, size), expected, atol=1e-5, rtol=0)


def test_affine_map_of_the_points_gives_that_affine_grid():
    target = uniform_points(4)[None]
    matrix = torch.tensor([[[0.8, -0.3, 0.1], [0.2, 1.1, -0.05]]], dtype=torch.double)
    source = target @ matrix[:, :, :2].mT + matrix[:, :, 2][:, None]
    expected = F.affine_grid(matrix, (1, 3, 20, 33), align_corners=True)
    torch.testing.assert_close(tps_grid(source, target, (20, 33)), expected)


def test_target_points_show_the_source_points():
    # 5 points on 9 pixels: every other pixel is one of them.
    target, source = scattered(2, points=25)
    shown = tps_grid(source, target, (9, 9))[:, ::2, ::2]
    torch.testing.assert_close(shown.reshape(2, -1, 2), source)


def test_pixel_is_the_one_pointed_at():
    # A shift of one pixel to the right, zeros where nothing was.
    clips = torch.rand(2, 3, 4, 5, 5)
    target = uniform_points(3)[None].float()
    source = (target - torch.tensor([0.5, 0.0])).expand(2, -1, -1)
    warped = warp_clips(clips, tps_grid(source, target, (5, 5)))
    torch.testing.assert_close(warped[..., 1:], clips[..., :-1], atol=1e-5, rtol=0)
    assert warped[..., 0].abs().max() < 1e-5


def test_all_frames_of_a_clip_are_sampled_alike():
    frames = torch.rand(2, 3, 4, 12, 10)
    target, source = scattered(2)
    grid = tps_grid(source, target, (12, 10))
    warped = warp_clips(frames.double(), grid)
    for t in range(4):
        alone = F.grid_sample(frames[:, :, t].double(), grid, align_corners=True)
        torch.testing.assert_close(warped[:, :, t], alone)


def test_one_set_of_target_points_serves_any_number_of_warps():
    target, source = scattered(3)
    shared = tps_grid(source, target[:1], (6, 7))
    torch.testing.assert_close(shared, tps_grid(source, target, (6, 7)))
    torch.testing.assert_close(bend(source, tps_basis(target[:1], (6, 7)), (6, 7)), shared)


def test_gradients_are_those_of_finite_differences():
    target, source = scattered(2)
    inputs = (source.clone().requires_grad_(), target.clone().requires_grad_())
    assert torch.autograd.gradcheck(lambda s, t: tps_grid(s, t, (3, 4)), inputs)


def test_autocast_keeps_single_precision():
    target, source = (points.float() for points in scattered(1))
    with torch.autocast('cpu', dtype=torch.bfloat16):
        mixed = tps_grid(source, target, (16, 16))
        halves = tps_grid(target.bfloat16(), target.bfloat16(), (16, 16))
    torch.testing.assert_close(mixed, tps_grid(source, target, (16, 16)))
    torch.testing.assert_close(halves, identity_grid((16, 16), CPU).float()[None])


def test_source_points_that_change_places_fold_the_frame():
    """The documented meaning: a grid comes back, and what is between them is seen mirrored."""
    target = uniform_points(2)[None].float()
    mirrored = tps_grid(target * torch.tensor([-1.0, 1.0]), target, (4, 4))
    torch.testing.assert_close(mirrored, identity_grid((4, 4), CPU).float().flip(1)[None])


@pytest.mark.parametrize(
    'target',
    [
        [[0, 0], [0, 0], [1, 1], [0, 1]],
        [[-1, -1], [0, 0], [0.5, 0.5], [1, 1]],
    ],
    ids=['two in one place', 'on a line'],
)
def test_target_points_without_a_spline_are_refused(target):
    target = torch.tensor([target], dtype=torch.float)
    with pytest.raises(ValueError, match='Spread them'):
        tps_grid(target, target, (4, 4))


def test_shapes_that_do_not_fit_are_refused():
    points = uniform_points(3)
    with pytest.raises(ValueError, match='source has shape'):
        tps_grid(points, points[None], (4, 4))
    with pytest.raises(ValueError, match='each source point'):
        tps_grid(points[None], points[None, :4], (4, 4))
    with pytest.raises(ValueError, match='3 or more'):
        tps_grid(points[None, :2], points[None, :2], (4, 4))
    with pytest.raises(ValueError, match="border='grey'"):
        warp_clips(torch.rand(1, 3, 2, 4, 4), torch.rand(1, 4, 4, 2), border='grey')
