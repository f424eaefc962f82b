import pytest
import torch

from mmdebias.models import FAME
from mmdebias.ops import fame_mask


def clips(n=6, dtype=torch.uint8):
    values = torch.randint(0, 256, (n, 3, 4, 32, 32), dtype=torch.uint8)
    return values if dtype == torch.uint8 else values.to(dtype) / 255


@pytest.mark.parametrize('dtype', [torch.uint8, torch.float32])
def test_foreground_stays_and_background_is_another_clips(dtype):
    batch = clips(dtype=dtype)
    fame = FAME(beta=0.3)
    torch.manual_seed(1)
    merged = fame(batch)
    torch.manual_seed(1)
    order = fame.background_order(len(batch), batch.device)
    for i, mask in enumerate(fame_mask(batch, 0.3)):
        assert torch.equal(merged[i][..., mask], batch[i][..., mask])
        assert torch.equal(merged[i][..., ~mask], batch[order[i]][..., ~mask])
    assert merged.dtype == dtype


def test_derangement_never_gives_a_clip_its_own_background():
    fame = FAME()
    for n in (2, 3, 7):
        for _ in range(50):
            order = fame.background_order(n, torch.device('cpu'))
            assert sorted(order.tolist()) == list(range(n))
            assert (order != torch.arange(n)).all()


def test_released_permutation_has_fixed_points_sometimes():
    fame = FAME(shuffle='permutation')
    orders = [fame.background_order(3, torch.device('cpu')) for _ in range(100)]
    assert any((order == torch.arange(3)).any() for order in orders)


def test_batch_of_one_and_full_share_change_nothing():
    batch = clips(1)
    assert torch.equal(FAME()(batch), batch)
    batch = clips(4)
    assert torch.equal(FAME(beta=1)(batch), batch)


def test_bad_arguments_are_refused_when_built():
    with pytest.raises(ValueError, match='beta=0'):
        FAME(beta=0)
    with pytest.raises(ValueError, match="shuffle='random'"):
        FAME(shuffle='random')
