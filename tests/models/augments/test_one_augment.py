import pytest
import torch

from mmdebias.models import OneAugment

SAME, INVERTED = (
    dict(type='KorniaAugment', transforms=[dict(type='RandomInvert', p=0.0)]),
    dict(type='KorniaAugment', transforms=[dict(type='RandomInvert', p=1.0)]),
)


def test_each_clip_gets_one_of_them_and_each_is_drawn_as_often():
    torch.manual_seed(0)
    clips = torch.rand(400, 3, 2, 4, 4) / 4
    out = OneAugment([SAME, INVERTED])(clips)
    same = (out - clips).abs().amax((1, 2, 3, 4)) < 1e-6
    inverted = (out - (1 - clips)).abs().amax((1, 2, 3, 4)) < 1e-6
    assert (same ^ inverted).all()
    assert 160 < inverted.sum() < 240


def test_uint8_becomes_float():
    out = OneAugment([SAME, INVERTED])(torch.full((6, 3, 2, 4, 4), 255, dtype=torch.uint8))
    assert out.dtype == torch.float32 and set(out.unique().tolist()) <= {0.0, 1.0}


def test_no_augments_are_refused():
    with pytest.raises(ValueError, match='augments is empty'):
        OneAugment([])
