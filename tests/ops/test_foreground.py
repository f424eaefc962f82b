import pytest
import torch

from helpers.straightforward_fame import straightforward_fame
from mmdebias.ops import fame_mask, gauss_mask, grid_mask, merge, seed_mask
from mmdebias.ops.colour import colour_bins, colour_likelihood
from mmdebias.ops.foreground import frame_difference, motion_seed
from mmdebias.ops.pixel_maps import bottom_pixels, top_pixels


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
    moving, still = top_pixels(seed, 112 * 112 // 2), bottom_pixels(seed, 112 * 112 // 10)
    likelihood = colour_likelihood(colour_bins(clips.mean(2)), moving, still)
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


@pytest.mark.parametrize('beta', [0, 0.1, 0.3, 0.5, 0.7, 1])
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


@pytest.mark.parametrize('official_hue', [True, False])
def test_straightforward_implementation_gives_the_same(official_hue):
    clips = torch.randint(0, 256, (3, 3, 6, 56, 64), dtype=torch.uint8)
    clips[..., 10:40, 12:50] //= 3
    order = torch.tensor([1, 2, 0])
    mask, merged = straightforward_fame(clips, order, official_hue=official_hue)
    ours = fame_mask(clips, official_hue=official_hue)
    assert (mask == ours).float().mean() > 0.995
    as_float = clips.float() / 255
    torch.testing.assert_close(merge(as_float, as_float[order], mask), merged)


def test_without_the_blur_the_masks_are_the_papers_to_the_letter():
    clips = torch.randint(0, 256, (3, 3, 6, 40, 48), dtype=torch.uint8)
    clips[..., 10:30, 12:40] //= 3
    # Eq. 2: nothing but the difference; Eq. 3: nothing but the likelihood of its colours.
    difference = frame_difference(clips)
    pixels = difference[0].numel()
    seeds = top_pixels(difference, pixels // 2), bottom_pixels(difference, pixels // 10)
    colours = colour_bins(clips.float().div(255).mean(2))
    likelihood = colour_likelihood(colours, *seeds)
    assert torch.equal(seed_mask(clips, smooth=False), seeds[0])
    letter = fame_mask(clips, smooth=False)
    assert (letter == top_pixels(likelihood, pixels // 2)).float().mean() > 0.995
    for mask in (fame_mask, seed_mask, grid_mask):
        assert not torch.equal(mask(clips, smooth=False), mask(clips))


@pytest.mark.parametrize('dtype', [torch.uint8, torch.float32, torch.bfloat16])
def test_merging_takes_each_pixel_from_one_side(dtype):
    clips = torch.randint(0, 256, (2, 3, 4, 9, 7)).to(dtype)
    mask = torch.rand(2, 9, 7) > 0.5
    merged = merge(clips, clips.flip(0), mask)
    for i in range(2):
        assert torch.equal(merged[i][..., mask[i]], clips[i][..., mask[i]])
        assert torch.equal(merged[i][..., ~mask[i]], clips[1 - i][..., ~mask[i]])


def test_mask_under_autocast_is_the_same():
    clip, _ = moving_square()
    for mask in (fame_mask, seed_mask, grid_mask):
        with torch.autocast('cpu', dtype=torch.bfloat16):
            cast = mask(clip)
        assert torch.equal(cast, mask(clip))


def test_seed_variant_takes_the_pixels_that_move_most():
    clips = torch.rand(2, 3, 4, 24, 32)
    assert torch.equal(seed_mask(clips, 0.3), top_pixels(motion_seed(clips), int(0.3 * 24 * 32)))


def test_grid_variant_takes_whole_cells():
    clip, _ = moving_square(size=64)
    mask = grid_mask(clip)[0]
    cells = mask.view(4, 16, 4, 16).float().mean((1, 3))
    assert cells.unique().tolist() == [0, 1] and cells.sum() == 8
    assert cells[1:3].sum() == 8  # the square crosses the second and third row of cells
    assert grid_mask(clip, beta=0.3).sum() == 4 * 16 * 16
    odd = grid_mask(torch.rand(1, 3, 2, 31, 45))
    assert 0.4 < odd.float().mean() < 0.6


def test_gauss_variant_is_an_ellipse_whatever_the_clip_shows():
    mask = gauss_mask(torch.rand(2, 3, 2, 40, 80), 0.5)
    assert torch.equal(mask[0], mask[1]) and mask[0].sum() == 40 * 80 // 2
    y, x = torch.meshgrid(torch.linspace(-1, 1, 40), torch.linspace(-1, 1, 80), indexing='ij')
    gaussian = torch.exp(-(x**2 + y**2) / 0.3)
    assert (gaussian[mask[0]].min() >= gaussian[~mask[0]].max() - 0.01).all()


@pytest.mark.parametrize('mask', [fame_mask, seed_mask])
@pytest.mark.parametrize('side', [8, 20, 36])
def test_adaptive_share_follows_the_size_of_the_actor(mask, side):
    clip = torch.full((1, 3, 8, 96, 96), 90, dtype=torch.uint8)
    been = torch.zeros(96, 96, dtype=torch.bool)
    for t in range(8):
        window = (slice(30, 30 + side), slice(10 + 4 * t, 10 + 4 * t + side))
        clip[0, 0, t][window] = 200
        been[window] = True
    adaptive = mask(clip, beta='adaptive')[0]
    overlap = (adaptive & been).sum() / (adaptive | been).sum()
    fixed = mask(clip)[0]
    assert overlap > 0.5
    assert overlap > (fixed & been).sum() / (fixed | been).sum()


def test_adaptive_share_of_a_still_clip_is_the_middle_of_the_frame():
    still = torch.full((1, 3, 8, 32, 32), 0.5)
    middle = gauss_mask(still, 0.5)
    assert torch.equal(fame_mask(still, 'adaptive'), middle)
    assert torch.equal(seed_mask(still, 'adaptive'), middle)


def test_noise_floor_silences_flicker_and_keeps_motion():
    clip, been = moving_square()
    flicker = torch.randint(-2, 3, clip.shape)
    noisy = (clip.int() + flicker).clamp(0, 255).byte()
    assert frame_difference(noisy)[0][~been].mean() > 0.01
    assert (frame_difference(noisy, noise_floor=4)[0][~been] == 0).all()
    assert frame_difference(noisy, noise_floor=4)[0][been].mean() > 0.1
    as_float = noisy.float() / 255
    for floor in (0, 4):
        torch.testing.assert_close(
            frame_difference(noisy, floor), frame_difference(as_float, floor)
        )


@pytest.mark.parametrize('as_float', [True, False])
def test_following_the_camera_leaves_the_actor_alone_in_the_mask(as_float):
    ground = torch.nn.functional.interpolate(torch.rand(1, 3, 12, 24), (64, 128), mode='bicubic')
    ground = (ground.clamp(0, 1) * 255).byte()[0]
    clip = torch.stack([ground[..., 2 * t : 2 * t + 64] for t in range(8)], 1)[None].clone()
    been = torch.zeros(64, 64, dtype=torch.bool)
    for t in range(8):
        clip[0, :, t, 20:36, 8 + 4 * t : 24 + 4 * t] = 250
        been[20:36, 8 + 4 * t : 24 + 4 * t] = True
    clip = clip.float() / 255 if as_float else clip

    def outside(**options):
        mask = seed_mask(clip, been.float().mean().item(), **options)[0]
        return (mask & ~been).sum() / mask.sum()

    assert outside(follow_camera=True) < 0.2 < outside()


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


@pytest.mark.parametrize('mask', [fame_mask, seed_mask, grid_mask, gauss_mask])
@pytest.mark.parametrize('beta', [-0.1, 1.1, float('nan'), 'most'])
def test_bad_share_is_refused(mask, beta):
    with pytest.raises(ValueError, match='beta'):
        mask(torch.rand(1, 3, 2, 8, 8), beta)


@pytest.mark.parametrize('mask', [grid_mask, gauss_mask])
def test_only_soft_masks_have_an_adaptive_share(mask):
    with pytest.raises(ValueError, match='beta'):
        mask(torch.rand(1, 3, 2, 8, 8), 'adaptive')


@pytest.mark.parametrize('noise_floor', [-1, 255, 0.5])
def test_bad_noise_floor_is_refused(noise_floor):
    with pytest.raises(ValueError, match='noise_floor'):
        fame_mask(torch.rand(1, 3, 2, 8, 8), noise_floor=noise_floor)
