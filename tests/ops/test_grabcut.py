import pytest
import torch

from mmdebias.models.augments import FAME
from mmdebias.ops import fame_mask, grow_by_grabcut, seed_mask

ADAPTIVE = dict(beta='adaptive', noise_floor=2)


def waving(size=96, frames=8):
    """A red figure on a grey wall: its upper part waves, its legs stand still.

    Returns the clip [1, 3, frames, size, size] and where the figure is in the middle frame.
    """
    torch.manual_seed(0)
    clip = torch.randint(118, 132, (1, 3, 1, size, size), dtype=torch.uint8)
    clip = clip.repeat(1, 1, frames, 1, 1)
    middle = torch.zeros(size, size, dtype=torch.bool)
    red = torch.tensor([180, 40, 40], dtype=torch.uint8)[:, None, None]
    for t in range(frames):
        left = 38 + 2 * (t % 4)
        for rows, columns in (
            (slice(24, 48), slice(left, left + 16)),
            (slice(48, 64), slice(40, 54)),
        ):
            clip[0, :, t, rows, columns] = red
            if t == frames // 2:
                middle[rows, columns] = True
    return clip, middle


@pytest.mark.parametrize('mask', [fame_mask, seed_mask])
def test_the_legs_come_with_the_body(mask):
    clip, figure = waving()
    legs = figure.clone()
    legs[:52] = False
    moving, whole = (mask(clip, **ADAPTIVE, grabcut=grabcut)[0] for grabcut in (False, True))
    assert (moving & legs).sum() < 0.6 * legs.sum() and (whole & legs).sum() > 0.95 * legs.sum()
    # Nothing is lost, and nothing else is added but some pixels of the rim.
    assert (whole & moving).equal(moving)
    assert (whole & ~moving & ~figure).sum() < 0.02 * whole.numel()


def test_the_same_clip_gets_the_same_mask():
    clip, _ = waving()
    masks = fame_mask(clip, **ADAPTIVE)
    first, second = grow_by_grabcut(clip, masks), grow_by_grabcut(clip.float() / 255, masks)
    assert first.equal(second) and first.dtype == torch.bool


def test_what_is_far_from_the_motion_is_not_added():
    clip, _ = waving()
    clip[..., 80:, 80:] = clip[0, :, 0, 30, 46].view(1, 3, 1, 1, 1)  # as red as the figure
    assert not fame_mask(clip, **ADAPTIVE, grabcut=True)[0, 84:, 84:].any()


@pytest.mark.parametrize('value', [False, True])
def test_masks_of_nothing_and_everything_stay(value):
    clip, _ = waving()
    masks = torch.full((1, 96, 96), value)
    assert grow_by_grabcut(clip, masks).equal(masks)


def test_a_fixed_share_cannot_grow():
    with pytest.raises(ValueError, match=r"grabcut=True needs beta='adaptive', not 0\.5"):
        fame_mask(waving()[0], grabcut=True)
    with pytest.raises(ValueError, match=r"needs beta='adaptive', not 0\.3"):
        FAME(beta=0.3, grabcut=True)
    with pytest.raises(ValueError, match="'grid' has no options"):
        FAME(mask='grid', grabcut=True)


def test_batches_are_merged_with_it():
    clip, figure = waving()
    other = torch.zeros_like(clip)
    merged = FAME(**ADAPTIVE, grabcut=True)(torch.cat([clip, other]))
    assert (merged[0, :, 4, figure] == clip[0, :, 4, figure]).float().mean() > 0.95
    assert (merged[0, :, 4, :8] == 0).all()
