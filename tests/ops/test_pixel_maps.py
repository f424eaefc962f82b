import cv2
import kornia
import numpy as np
import pytest
import torch

from mmdebias.ops.pixel_maps import (
    blur,
    bottom_pixels,
    mask_overlap,
    otsu_threshold,
    rescale,
    top_pixels,
)


@pytest.mark.parametrize('size', [32, 56, 112, 224])
def test_blur_is_kornias(size):
    maps = torch.rand(2, size, size)
    taps = int(0.1 * size) // 2 * 2 + 1
    theirs = kornia.filters.gaussian_blur2d(maps[:, None], (taps, taps), (taps / 3, taps / 3))
    torch.testing.assert_close(blur(maps), theirs[:, 0], atol=1e-5, rtol=1e-5)


def test_blur_of_a_frame_that_is_not_square_has_a_kernel_for_each_side():
    maps = torch.rand(1, 40, 96)
    theirs = kornia.filters.gaussian_blur2d(maps[:, None], (5, 9), (5 / 3, 3.0))
    torch.testing.assert_close(blur(maps), theirs[:, 0], atol=1e-5, rtol=1e-5)


def test_rescaled_maps_span_zero_to_one():
    maps = rescale(torch.rand(3, 8, 8) * 7 - 2)
    torch.testing.assert_close(maps.amin((1, 2)), torch.zeros(3))
    torch.testing.assert_close(maps.amax((1, 2)), torch.ones(3))
    assert torch.equal(rescale(torch.full((1, 4, 4), 3.0)), torch.zeros(1, 4, 4))


def test_chosen_pixels_are_those_of_a_sort():
    maps = torch.randn(2, 6, 7)
    for plane, top, bottom in zip(maps, top_pixels(maps, 11), bottom_pixels(maps, 11)):
        ordered = plane.flatten().sort().values.tolist()
        assert sorted(plane[top].tolist()) == ordered[-11:]
        assert sorted(plane[bottom].tolist()) == ordered[:11]


def test_ties_go_to_the_centre_from_above_and_to_the_border_from_below():
    flat = torch.zeros(1, 5, 5)
    flat[0, 0, 0] = -0.0  # equal to 0, as far as ties go
    assert top_pixels(flat, 1).nonzero().tolist() == [[0, 2, 2]]
    assert not bottom_pixels(flat, 16)[0, 1:4, 1:4].any()
    assert not top_pixels(flat, 0).any() and not bottom_pixels(flat, 0).any()
    assert top_pixels(flat, 25).all() and bottom_pixels(flat, 25).all()


def test_otsu_is_opencvs():
    two_humps = np.concatenate([np.random.normal(60, 12, 3000), np.random.normal(170, 20, 1096)])
    image = two_humps.clip(0, 255).round().astype(np.uint8).reshape(64, 64)
    theirs, _ = cv2.threshold(image, 0, 255, cv2.THRESH_OTSU)
    ours = otsu_threshold(torch.from_numpy(image / 255)[None].float())
    assert ours.item() * 255 == pytest.approx(theirs, abs=1e-3)


def test_otsu_of_a_constant_map_leaves_nothing_above():
    flat = torch.zeros(2, 4, 4)
    assert not (flat > otsu_threshold(flat)).any()


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
