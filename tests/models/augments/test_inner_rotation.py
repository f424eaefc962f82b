import pytest
import torch

from mmdebias.models import InnerRotation, KorniaAugment, SpaceTimePuzzles
from mmdebias.ops import rotation_grid, warp_clips


@pytest.mark.parametrize('size', [(24, 24), (20, 36)])
@pytest.mark.parametrize('degrees', [10, 45])
def test_nothing_from_outside_of_the_frame_is_seen(degrees, size):
    noise = torch.rand(60, 3, 2, *size) / 2 + 0.5
    turned = InnerRotation(degrees)(noise)
    assert turned.shape == noise.shape
    assert turned.min() >= 0.5 - 1e-5 and turned.max() <= 1
    # Kornia's own leaves corners.
    kornia = KorniaAugment([dict(type='RandomRotation', degrees=float(degrees), p=1.0)])
    assert kornia(noise).min() == 0


def test_no_corner_gives_the_place_of_a_puzzles_piece_away():
    noise = torch.rand(40, 3, 24, 32, 32) / 2 + 0.5
    puzzles = SpaceTimePuzzles(24, 32, axis='space', jitter=(2, 4, 4))
    pieces, _ = puzzles(dict(query=InnerRotation(10)(noise)))
    assert pieces['query'].min() >= 0.5 - 1e-5


@pytest.mark.parametrize('size', [(25, 25), (20, 36)])
def test_as_much_as_fits_is_kept(size):
    grid = rotation_grid(torch.tensor([0.0, 10.0, -30.0, 45.0]), size)
    torch.testing.assert_close(grid.abs().amax((1, 2, 3)), torch.ones(4))
    identity = torch.rand(1, 3, 1, *size)
    torch.testing.assert_close(warp_clips(identity, grid[:1]), identity, atol=1e-5, rtol=0)


def test_angles_are_anticlockwise():
    clips = torch.rand(1, 3, 2, 16, 16)
    turned = warp_clips(clips, rotation_grid(torch.tensor([90.0]), (16, 16)), 'border')
    torch.testing.assert_close(turned, clips.rot90(1, (3, 4)), atol=1e-4, rtol=0)


def test_clips_turn_apart_and_their_frames_alike():
    still = torch.rand(1, 3, 1, 24, 24).expand(8, -1, 4, -1, -1)
    turned = InnerRotation()(still)
    assert torch.equal(turned, turned[:, :, :1].expand_as(turned))
    assert all((turned[i] - turned[j]).abs().max() > 0.01 for i in range(8) for j in range(i))


@pytest.mark.parametrize('degrees', [-1, 46, float('nan')])
def test_bad_angles_are_refused_when_built(degrees):
    with pytest.raises(ValueError, match='must be 0 to 45'):
        InnerRotation(degrees)
