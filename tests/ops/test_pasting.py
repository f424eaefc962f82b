import numpy as np
import pytest

from mmdebias.ops.compositing import crop_to_mask, paste_at, scale_to_height


def test_piece_is_cropped_to_its_mask():
    frame = np.random.default_rng(0).integers(0, 255, (6, 8, 3), dtype=np.uint8)
    mask = np.zeros((6, 8), bool)
    mask[1, 2] = mask[4, 5] = True
    piece, inside = crop_to_mask(frame, mask)
    assert np.array_equal(piece, frame[1:5, 2:6])
    assert inside.sum() == 2 and inside[0, 0] and inside[3, 3]


def test_pasted_piece_hides_the_frames_where_its_mask_is_and_nowhere_else():
    frames = np.zeros((3, 5, 7, 3), np.uint8)
    piece = np.full((2, 2, 3), 9, np.uint8)
    mask = np.array([[True, False], [True, True]])
    pasted = paste_at(frames, piece, mask, top=3, left=1)
    expected = np.zeros((5, 7), np.uint8)
    expected[3, 1] = expected[4, 1] = expected[4, 2] = 9
    assert (pasted == expected[None, :, :, None]).all()
    assert not frames.any()


@pytest.mark.parametrize(
    ('height', 'max_width', 'shape'), [(20, 99, (20, 8)), (20, 4, (10, 4)), (1, 99, (1, 1))]
)
def test_scaling_keeps_proportions_and_fits(height, max_width, shape):
    piece, mask = scale_to_height(
        np.zeros((10, 4, 3), np.uint8), np.ones((10, 4), bool), height, max_width
    )
    assert piece.shape[:2] == mask.shape == shape and mask.all()


def test_wrong_pieces_are_refused():
    with pytest.raises(ValueError, match='marks nothing'):
        crop_to_mask(np.zeros((4, 4, 3)), np.zeros((4, 4), bool))
    with pytest.raises(ValueError, match='differ in size'):
        crop_to_mask(np.zeros((4, 4, 3)), np.ones((4, 5), bool))
    with pytest.raises(ValueError, match='does not lie inside'):
        paste_at(np.zeros((1, 4, 4, 3)), np.zeros((2, 2, 3)), np.ones((2, 2), bool), 3, 0)
