from functools import partial

import kornia.augmentation
import pytest
import torch

from mmdebias.models import KorniaAugment
from mmdebias.models.augments.kornia_augment import sigma_of_process


@pytest.mark.parametrize(
    'transform',
    [
        dict(type='RandomGrayscale', p=0.5),
        dict(type='ColorJitter', brightness=0.4, contrast=0.4, saturation=0.4, hue=0.1, p=0.5),
        dict(type='RandomGaussianBlur', kernel_size=(5, 5), sigma=(0.5, 2.0), p=0.5),
        dict(type='RandomRotation', degrees=10.0, p=0.5),
    ],
    ids=lambda transform: transform['type'],
)
def test_one_draw_a_clip_for_all_its_frames(transform):
    still = torch.rand(16, 3, 1, 24, 24).expand(-1, -1, 4, -1, -1)
    augmented = KorniaAugment([transform])(still)
    assert torch.allclose(augmented, augmented[:, :, :1].expand_as(augmented), atol=1e-6)
    changed = (augmented - still).abs().amax((1, 2, 3, 4)) > 1e-4
    assert 0 < changed.sum() < 16  # probability .5, drawn for each clip


@pytest.mark.parametrize('kind', ['ColorJitter', 'ColorJiggle'])
def test_jitter_is_kornias_though_hue_is_turned_faster(kind):
    frames, settings = torch.rand(4, 3, 16, 16), dict(brightness=0.5, saturation=0.5, hue=0.25)
    torch.manual_seed(0)
    theirs = getattr(kornia.augmentation, kind)(**settings)(frames)
    torch.manual_seed(0)
    ours = KorniaAugment([dict(type=kind, **settings)])(frames[:, :, None])[:, :, 0]
    torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=0)
    assert not torch.allclose(ours, frames, atol=0.05)


def test_blur_strength_differs_between_clips():
    noise = torch.rand(1, 3, 2, 32, 32).expand(8, -1, -1, -1, -1)
    blur = KorniaAugment(
        [dict(type='RandomGaussianBlur', kernel_size=(9, 9), sigma=(0.1, 2.0), p=1.0)]
    )
    spread = blur(noise).std((1, 2, 3, 4))
    assert len(set(spread.tolist())) == 8


def test_blur_strength_can_be_drawn_once_a_process():
    noise = torch.rand(1, 3, 2, 32, 32).expand(8, -1, -1, -1, -1)
    transforms = [dict(type='RandomGaussianBlur', kernel_size=(9, 9), sigma=(0.1, 2.0), p=1.0)]
    # The two views' augments share it.
    spread = [KorniaAugment(transforms, sigma_once=True)(noise).std((1, 2, 3, 4)) for _ in range(2)]
    assert torch.allclose(torch.cat(spread), spread[0][0].expand(16))
    assert transforms[0]['sigma'] == (0.1, 2.0)
    drawn = set()
    for _ in range(20):
        sigma_of_process.cache_clear()  # another process
        drawn.add(sigma_of_process(0.1, 2.0))
    assert len(drawn) == 20 and 0.1 <= min(drawn) < 0.7 and 1.4 < max(drawn) <= 2.0


def test_a_strength_that_is_drawn_once_wants_a_range():
    with pytest.raises(ValueError, match='sigma_once=True, but no transform'):
        KorniaAugment([dict(type='RandomGrayscale', p=0.5)], sigma_once=True)


def test_uint8_becomes_float_and_one_view_of_a_batch_is_taken():
    views = torch.randint(0, 256, (2, 2, 3, 4, 16, 16), dtype=torch.uint8)
    augmented = KorniaAugment([dict(type='RandomGrayscale', p=1.0)])(views[:, 1])
    assert augmented.shape == (2, 3, 4, 16, 16)
    assert torch.allclose(augmented[:, 0], augmented[:, 2])
    assert augmented.min() >= 0 and augmented.max() <= 1


@pytest.mark.slow
def test_compiled_gives_the_same(monkeypatch):
    # Tracing is what can go wrong; generating machine code would take a minute.
    monkeypatch.setattr(torch, 'compile', partial(torch.compile, backend='eager'))
    transforms = [dict(type='RandomGrayscale', p=0.5), dict(type='ColorJitter', hue=0.1, p=0.8)]
    clips, outs = torch.rand(4, 3, 2, 16, 16), []
    for compiled in (False, True):
        augment = KorniaAugment(transforms, compiled=compiled)
        torch.manual_seed(1)
        outs.append([augment(clips) for _ in range(3)])
    for eager, traced in zip(*outs):
        torch.testing.assert_close(traced, eager)


def test_nothing_to_apply_leaves_the_clip():
    batch = torch.rand(2, 3, 4, 8, 8)
    assert torch.equal(KorniaAugment([])(batch), batch)


@pytest.mark.parametrize(
    ('transform', 'says'),
    [
        (dict(type='RandomMagic'), "type='RandomMagic' names no augmentation"),
        (dict(p=0.5), 'type=None'),
        (dict(type='RandomGrayscale', strength=3), 'RandomGrayscale cannot be built'),
    ],
)
def test_bad_transform_is_refused_when_built(transform, says):
    with pytest.raises(ValueError, match=says):
        KorniaAugment([transform])


def test_a_seed_means_the_same_with_every_kornia():
    # kornia 0.8.2 and 0.9.0 draw strengths for other clips: these are what 0.8.2 makes of the seed.
    transforms = [
        dict(type='RandomGrayscale', p=0.2),
        dict(type='ColorJitter', brightness=0.4, contrast=0.4, saturation=0.4, hue=0.1, p=0.8),
        dict(type='RandomGaussianBlur', kernel_size=(5, 5), sigma=(0.1, 2.0), p=0.5),
    ]
    clips = torch.linspace(0, 1, 4 * 3 * 2 * 8 * 8).reshape(4, 3, 2, 8, 8) ** 2
    torch.manual_seed(0)
    augmented = [KorniaAugment(transforms)(clips) for _ in range(3)]
    found = [clip[:, 0].std().item() for clip in augmented[-1]]
    assert found == pytest.approx([0.01254, 0.04062, 0.08359, 0.11851], abs=2e-5)
    assert torch.rand(()).item() == pytest.approx(0.417719, abs=1e-6)  # drawn as often
