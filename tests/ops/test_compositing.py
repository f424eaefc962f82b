import numpy as np
import pytest

from mmdebias.ops.compositing import (
    clean_plate,
    cover,
    crop_to_mask,
    draw_boxes,
    grow,
    mean_colour,
    partner_index,
    paste,
    paste_at,
    place,
    resize,
    scale_to_height,
)


@pytest.fixture
def noise():
    return np.random.default_rng(0).integers(0, 256, (6, 20, 24, 3), dtype=np.uint8)


def test_full_and_empty_masks(noise):
    background = 255 - noise[0]
    full = np.ones(noise.shape[:3], dtype=bool)
    assert (paste(noise, full, background) == noise).all()
    assert (paste(noise, ~full, background) == background).all()
    assert (paste(noise, ~full, np.uint8([1, 2, 3])) == [1, 2, 3]).all()


def test_paste_takes_each_pixel_from_its_side(noise):
    mask = np.random.default_rng(1).random(noise.shape[:3]) < 0.5
    background = 255 - noise[0]
    pasted = paste(noise, mask, background)
    assert pasted.dtype == np.uint8
    for t, y, x in np.ndindex(mask.shape):
        wanted = noise[t, y, x] if mask[t, y, x] else background[y, x]
        assert (pasted[t, y, x] == wanted).all()


def test_plate_shows_what_a_moving_actor_uncovers(noise):
    scene = noise[0]
    frames, masks = np.stack([scene] * 6), np.zeros((6, 20, 24), dtype=bool)
    for t in range(6):
        masks[t, 5:12, 3 * t : 3 * t + 4] = True
    frames[masks] = (255, 255, 255)
    assert (clean_plate(frames, masks) == scene).all()


def test_plate_is_the_median_of_the_frames_that_count(noise):
    masks = np.random.default_rng(1).random(noise.shape[:3]) < 0.4
    masks[0] = False
    plate = clean_plate(noise, masks)
    for y, x in np.ndindex(20, 24):
        median = np.median(noise[~masks[:, y, x], y, x], axis=0)
        assert (plate[y, x] == median.astype(np.uint8)).all()


def test_what_is_never_seen_is_filled_from_around():
    frames = np.full((3, 20, 24, 3), (10, 90, 170), dtype=np.uint8)
    masks = np.zeros((3, 20, 24), dtype=bool)
    masks[:, 6:14, 8:16] = True
    frames[masks] = 255
    # Telea's rounding is off by up to two grey levels even on one colour.
    np.testing.assert_allclose(clean_plate(frames, masks).astype(int) - (10, 90, 170), 0, atol=2)


def test_plate_of_a_video_that_is_all_actor_has_its_mean_colour(noise):
    masks = np.ones(noise.shape[:3], dtype=bool)
    assert (clean_plate(noise, masks) == mean_colour(noise)).all()


def test_masks_grow_by_a_64th_of_the_short_side():
    mask = np.zeros((128, 200), dtype=bool)
    mask[50, 60] = True
    ys, xs = np.nonzero(grow(mask))
    assert (ys.min(), ys.max(), xs.min(), xs.max()) == (48, 52, 58, 62)
    assert not grow(np.zeros((64, 64), dtype=bool)).any()


@pytest.mark.parametrize(('where', 'left'), [(0, 0), (0.5, 8), (1, 16)])
def test_foreground_is_placed_as_a_whole(noise, where, left):
    mask = np.zeros((20, 24), dtype=bool)
    mask[3:9, 10:18] = True
    placed = place(noise[0], mask, noise[1], where)
    assert (placed[3:9, left : left + 8] == noise[0, 3:9, 10:18]).all()
    outside = np.ones((20, 24), dtype=bool)
    outside[3:9, left : left + 8] = False
    assert (placed[outside] == noise[1][outside]).all()


def test_nothing_to_place(noise):
    assert (place(noise[0], np.zeros((20, 24), dtype=bool), noise[1], 0.3) == noise[1]).all()


def test_partner_index_by_hand():
    # round(t / 10 * 5), halves to the even number, then cut to 0..4.
    assert partner_index(np.arange(10), 10, 5).tolist() == [0, 0, 1, 2, 2, 2, 3, 4, 4, 4]
    assert partner_index(np.arange(4), 4, 4).tolist() == [0, 1, 2, 3]
    assert partner_index(np.arange(3), 3, 30).tolist() == [0, 10, 20]
    assert partner_index(np.arange(5), 5, 1).tolist() == [0] * 5


def test_masks_are_resized_by_the_nearest_pixel():
    mask = np.array([[True, False], [False, True]])
    assert (resize(mask, 4, 6) == np.repeat(np.repeat(mask, 2, 0), 3, 1)).all()
    assert resize(mask, 2, 2) is mask


def test_cover_cuts_the_middle():
    picture = np.zeros((10, 40, 3), dtype=np.uint8)
    picture[:, 15:25] = 200
    assert (cover(picture, 10, 10) == 200).all()
    assert cover(picture, 30, 15).shape == (30, 15, 3)


def test_boxes_are_drawn_to_their_last_touched_pixel():
    boxes = np.array([[1.5, 2, 3.2, 4], [-5, -5, 1, 1], [7, 7, 20, 20], [4, 4, 4, 9]])
    expected = np.zeros((8, 9), dtype=bool)
    expected[2:4, 1:4] = expected[0, 0] = expected[7, 7:9] = True
    assert (draw_boxes(boxes, 8, 9) == expected).all()
    assert not draw_boxes(np.empty((0, 4)), 8, 9).any()


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
