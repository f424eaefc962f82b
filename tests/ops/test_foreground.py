import kornia
import pytest
import torch

from mmdebias.ops import fame_mask, merge
from mmdebias.ops.foreground import (
    blur,
    colour_likelihood,
    frame_difference,
    motion_seed,
    rgb_to_hsv,
    top_pixels,
)


def moving_square(size=64, frames=8):
    """A red square moving right over a still grey ground; returns clip and where it has been."""
    clip = torch.full((1, 3, frames, size, size), 90, dtype=torch.uint8)
    been = torch.zeros(size, size, dtype=torch.bool)
    for t in range(frames):
        rows, columns = slice(20, 40), slice(8 + 3 * t, 28 + 3 * t)
        clip[0, :, t, rows, columns] = torch.tensor([200, 30, 30], dtype=torch.uint8)[:, None, None]
        been[rows, columns] = True
    return clip, been


@pytest.fixture
def authors(oracle):
    return {k: torch.from_numpy(v) for k, v in oracle('fame_mask_112_beta0p5').items()}


@pytest.mark.parametrize('as_float', [True, False])
def test_mask_is_that_of_the_authors(authors, as_float):
    clips = authors['clips_u8'].float() / 255 if as_float else authors['clips_u8']
    for official_hue, name in ((True, 'mask'), (False, 'nonofficial_mask_huefixed')):
        mask = fame_mask(clips, beta=0.5, official_hue=official_hue)
        different = (mask != authors[name].bool()).float().mean((1, 2))
        assert different.max() <= 0.005
        assert (mask.sum((1, 2)) == 112 * 112 // 2).all()


def test_each_step_is_that_of_the_authors(authors):
    clips = authors['clips_u8'].float() / 255
    torch.testing.assert_close(frame_difference(clips), authors['im_diff'], atol=1e-5, rtol=0)
    seed = motion_seed(clips)
    torch.testing.assert_close(seed, authors['seed'], atol=1e-5, rtol=0)
    likelihood = colour_likelihood(clips, seed)
    off = (likelihood - authors['refine_prob']).abs() > 1e-4
    assert off.float().mean() <= 0.005
    merged = merge(clips, clips[authors['perm']], authors['mask'].bool())
    torch.testing.assert_close(merged, authors['fused'], atol=1e-6, rtol=0)


def test_uint8_and_float_agree():
    clips = torch.randint(0, 256, (2, 3, 6, 40, 48), dtype=torch.uint8)
    as_float = clips.float() / 255
    torch.testing.assert_close(frame_difference(clips), frame_difference(as_float))
    same = fame_mask(clips) == fame_mask(as_float)
    assert same.float().mean() > 0.99


def test_frame_difference_of_a_linear_ramp_is_its_slope():
    ramp = torch.linspace(0, 1, 5).view(1, 1, 5, 1, 1).expand(1, 3, 5, 8, 8)
    torch.testing.assert_close(frame_difference(ramp), torch.full((1, 8, 8), 3 * 0.25))


def test_mask_covers_what_moves():
    clip, been = moving_square()
    share = been.float().mean().item()
    mask = fame_mask(clip, beta=share)[0]
    overlap = (mask & been).sum() / (mask | been).sum()
    assert overlap > 0.6


@pytest.mark.parametrize('beta', [0.1, 0.3, 0.5, 0.7, 1.0])
def test_mask_has_exactly_the_share_asked_for(beta):
    clips = torch.rand(2, 3, 4, 33, 47)
    assert (fame_mask(clips, beta).sum((1, 2)) == int(beta * 33 * 47)).all()


def test_clip_without_motion_gets_the_middle_of_the_frame():
    still = torch.full((1, 3, 8, 64, 64), 0.5)
    mask = fame_mask(still, beta=0.25)[0]
    assert mask.sum() == 64 * 64 // 4
    assert mask[24:40, 24:40].all() and not mask[:8].any()
    assert torch.equal(mask, fame_mask(still, beta=0.25)[0])


def test_full_share_keeps_the_clip():
    clips = torch.rand(2, 3, 4, 16, 16)
    assert torch.equal(merge(clips, clips.flip(0), fame_mask(clips, beta=1)), clips)


@pytest.mark.parametrize('size', [32, 56, 112, 224])
def test_blur_is_kornias(size):
    maps = torch.rand(2, size, size)
    taps = int(0.1 * size) // 2 * 2 + 1
    theirs = kornia.filters.gaussian_blur2d(maps[:, None], (taps, taps), (taps / 3, taps / 3))
    torch.testing.assert_close(blur(maps), theirs[:, 0], atol=1e-5, rtol=1e-5)


def test_hsv_is_kornias():
    image = torch.rand(2, 3, 16, 16)
    image[0, :, :4] = 0.5  # greys have no hue
    image[1, :, :4] = 0
    theirs = kornia.color.rgb_to_hsv(image)
    for ours, channel in zip(rgb_to_hsv(image), theirs.unbind(1)):
        torch.testing.assert_close(ours, channel, atol=1e-5, rtol=1e-5)


def test_top_pixels_are_those_of_a_sort():
    maps = torch.randperm(2 * 6 * 7).view(2, 6, 7).float()
    chosen = top_pixels(maps, 11)
    for plane, picked in zip(maps, chosen):
        assert set(plane[picked].tolist()) == set(plane.flatten().sort().values[-11:].tolist())


def test_ties_go_to_the_centre_or_away_from_it():
    flat = torch.zeros(1, 5, 5)
    assert top_pixels(flat, 1).nonzero().tolist() == [[0, 2, 2]]
    assert not top_pixels(flat, 21, centre_first=False)[0, 1:4, 1:4].all()
    assert top_pixels(flat, 0).sum() == 0


@pytest.mark.parametrize(
    ('clips', 'error', 'says'),
    [
        (torch.rand(2, 3, 1, 16, 16), ValueError, 'clip_len'),
        (torch.rand(2, 3, 4, 16, 16) * 255, ValueError, 'Divide by 255'),
        (torch.rand(2, 3, 4, 16, 16) - 0.5, ValueError, r'\[0, 1\]'),
        (torch.full((1, 3, 4, 16, 16), torch.nan), ValueError, 'nan'),
        (torch.zeros(2, 3, 4, 16, 16, dtype=torch.int32), TypeError, 'int32'),
        (torch.rand(2, 1, 4, 16, 16), ValueError, 'RGB'),
        (torch.rand(3, 4, 16, 16), ValueError, r'\[N, 3, T, H, W\]'),
    ],
)
def test_bad_clips_are_refused(clips, error, says):
    with pytest.raises(error, match=says):
        fame_mask(clips)


@pytest.mark.parametrize('beta', [0, -0.1, 1.1, float('nan')])
def test_bad_share_is_refused(beta):
    with pytest.raises(ValueError, match='beta'):
        fame_mask(torch.rand(1, 3, 2, 8, 8), beta)
