import pytest
import torch

from mmdebias.models import (
    BackgroundErasing,
    GaussianNoiseFrame,
    InterVideoFrame,
    KorniaAugment,
    VideoCutMix,
    VideoMixup,
)

EVERY = [BackgroundErasing, GaussianNoiseFrame, VideoMixup, VideoCutMix, InterVideoFrame]
STILL = [BackgroundErasing, GaussianNoiseFrame, InterVideoFrame]
MOVING = [VideoMixup, VideoCutMix]


def clips(n=6, frames=5, dtype=torch.float32, size=20):
    values = torch.randint(0, 256, (n, 3, frames, size, size), dtype=torch.uint8)
    return values if dtype == torch.uint8 else values.to(dtype) / 255


def shares(before, after):
    """Measure the share of each clip's motion that is left, from frame differences (BE Eq. 2)."""
    d_before, d_after = before.double().diff(dim=2), after.double().diff(dim=2)
    left = (d_after * d_before).sum((1, 2, 3, 4)) / d_before.square().sum((1, 2, 3, 4))
    rest = (d_after - left.view(-1, 1, 1, 1, 1) * d_before).abs().amax((1, 2, 3, 4))
    return left, rest


@pytest.mark.parametrize('kind', STILL)
def test_a_still_disturbance_scales_each_clips_motion_by_its_own_share(kind):
    batch = clips(64)
    left, rest = shares(batch, kind(gamma=0.3)(batch))
    assert rest.max() < 1e-6
    assert ((left > 0.7 - 1e-6) & (left <= 1 + 1e-6)).all()
    assert left.min() < 0.75 and left.max() > 0.95 and left.unique().numel() == 64


@pytest.mark.parametrize('kind', MOVING)
def test_mixing_videos_mixes_their_motion(kind):
    batch = clips(16)
    _, rest = shares(batch, kind(gamma=0.3)(batch))
    assert rest.max() > 0.1


@pytest.mark.parametrize('kind', EVERY)
@pytest.mark.parametrize('same_lam', [False, True])
def test_one_share_a_clip_or_for_the_batch_as_in_the_released_code(kind, same_lam, monkeypatch):
    drawn = []
    augment = kind(gamma=0.3, same_lam=same_lam)
    monkeypatch.setattr(augment, 'disturb', lambda clips, lam: drawn.append(lam) or clips)
    augment(clips(8))
    augment(clips(8))
    assert all(lam.shape == (8,) and lam.max() <= 0.3 for lam in drawn)
    assert torch.cat(drawn).unique().numel() == (2 if same_lam else 16)


@pytest.mark.parametrize('dtype', [torch.uint8, torch.float32, torch.float64])
@pytest.mark.parametrize('kind', EVERY)
def test_shape_dtype_and_range_stay(kind, dtype):
    batch = clips(dtype=dtype)
    disturbed = kind(gamma=0.9)(batch)
    assert disturbed.dtype == dtype and disturbed.shape == batch.shape
    assert disturbed.max() <= (255 if dtype == torch.uint8 else 1) and disturbed.min() >= 0
    changed = (disturbed != batch).flatten(1).any(1)
    assert changed.sum() >= 5  # a share of nearly nothing may change nothing


@pytest.mark.parametrize('kind', EVERY)
def test_no_strength_changes_nothing(kind):
    batch = clips()
    assert torch.equal(kind(gamma=0)(batch), batch)


def test_the_added_frame_is_the_clips_own():
    batch = clips(200, frames=3, size=4)
    added = BackgroundErasing(gamma=0.5)(batch) - batch
    for clip, difference in zip(batch, added):
        # (x_k - x_j) lam vanishes for j = k and nowhere else.
        nothing = difference.abs().amax((0, 2, 3)) < 1e-6
        assert nothing.sum() == 1 or nothing.all()
        k = nothing.nonzero()[0]
        j = (k + 1) % 3
        ratio = difference[:, j] / (clip[:, k] - clip[:, j]).clamp(min=1e-9)
        assert (ratio[ratio > 0] <= 0.5 + 1e-4).all()


def test_every_frame_of_the_clip_is_added_sometimes():
    batch = clips(200, frames=3, size=4)
    added = (BackgroundErasing(gamma=0.5)(batch) - batch).abs().amax((1, 3, 4))
    assert set(added.argmin(1).tolist()) == {0, 1, 2}


def test_a_frame_of_another_video_is_added():
    batch = torch.zeros(4, 3, 2, 4, 4)
    batch += torch.arange(4).view(4, 1, 1, 1, 1) / 4
    lam = torch.full((4,), 0.5)
    mixed = InterVideoFrame(gamma=0.9).disturb(batch, lam)
    others = (2 * mixed - batch).mean((1, 2, 3, 4)) * 4
    assert sorted(others.round().tolist()) == [0, 1, 2, 3]
    assert (others.round() != torch.arange(4)).all()


def test_box_covers_its_share_at_different_places():
    batch = torch.zeros(8, 3, 2, 40, 40)
    batch += torch.arange(8).view(8, 1, 1, 1, 1)
    mixed = VideoCutMix(gamma=0.9).disturb(batch, torch.full((8,), 0.25))
    changed = mixed != batch
    assert (changed.float().mean((1, 2, 3, 4)) == 0.25).all()
    assert torch.equal(changed[:, :, 0], changed[:, :, 1])
    assert len({tuple(c[0, 0].nonzero()[0].tolist()) for c in changed}) > 4


def test_noise_is_the_same_on_every_frame_and_another_for_every_clip():
    batch = torch.full((4, 3, 5, 64, 64), 0.5)
    noise = GaussianNoiseFrame(gamma=0.9, std=0.1).disturb(batch, torch.full((4,), 0.5)) - 0.5
    assert torch.equal(noise, noise[:, :, :1].expand_as(noise))
    torch.testing.assert_close(noise.std((1, 2, 3, 4)), torch.full((4,), 0.05), atol=2e-3, rtol=0)
    assert noise.mean().abs() < 2e-3
    correlation = torch.corrcoef(noise[:, :, 0].flatten(1))
    assert (correlation - torch.eye(4)).abs().max() < 0.05


@pytest.mark.parametrize('kind', [VideoMixup, VideoCutMix, InterVideoFrame])
def test_a_batch_of_one_is_refused(kind):
    with pytest.raises(
        ValueError, match=rf'{kind.__name__} .* the batch holds 1 clip: .*drop_last'
    ):
        kind()(clips(1))
    batch = clips(1)
    assert kind(gamma=0)(batch) is batch  # nothing is taken


def test_comes_behind_the_basic_augments():
    basic = KorniaAugment([dict(type='RandomRotation', degrees=10.0, p=1.0)])
    augmented = basic(clips(dtype=torch.uint8))
    assert BackgroundErasing()(augmented).shape == augmented.shape


@pytest.mark.parametrize('kind', EVERY)
@pytest.mark.parametrize('gamma', [-0.1, 1.0])
def test_bad_gamma_is_refused_when_built(kind, gamma):
    with pytest.raises(ValueError, match=f'gamma={gamma}'):
        kind(gamma=gamma)


def test_what_cannot_work_is_refused():
    with pytest.raises(ValueError, match='Raise clip_len'):
        BackgroundErasing()(clips(frames=1))
    with pytest.raises(ValueError, match='std=0'):
        GaussianNoiseFrame(std=0)
