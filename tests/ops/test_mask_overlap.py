import pytest
import torch

from mmdebias.ops import mask_overlap


def test_overlap_by_hand():
    truth = torch.zeros(1, 4, 4, dtype=torch.bool)
    truth[:, :2] = True  # 8 pixels
    mask = torch.zeros_like(truth)
    mask[:, :, :1] = True  # 4 pixels, half of them in the truth
    overlap = mask_overlap(mask, truth)
    assert overlap['iou'].item() == pytest.approx(2 / 10)
    assert overlap['covered'].item() == 2 / 8
    assert overlap['outside'].item() == 2 / 4


def test_perfect_and_empty_masks():
    truth = torch.rand(3, 5, 5) > 0.5
    perfect = mask_overlap(truth, truth)
    assert (perfect['iou'] == 1).all() and (perfect['outside'] == 0).all()
    empty = mask_overlap(torch.zeros_like(truth), truth)
    assert not any(value.any() for value in empty.values())
