import cv2
import numpy as np
import pytest
import scipy.io

from mmdebias.datasets.mask_files import ends_of, find_masks, masks_of_frames, read_masks


@pytest.mark.parametrize(
    ('name', 'content', 'message'),
    [
        ('a.npz', dict(masks=np.zeros((3, 4, 4))), 'marks no pixel of any frame'),
        ('a.npz', dict(masks=np.ones((4, 4))), r'shape \[4, 4\]'),
        ('a.npz', dict(one=np.ones((3, 4, 4)), two=0), r"arrays \['one', 'two'\]"),
        ('a.mat', dict(mask=np.ones((4, 4, 3))), r"\['mask'\], and no 'part_mask'"),
    ],
)
def test_files_that_hold_no_masks(tmp_path, name, content, message):
    path = tmp_path / name
    if path.suffix == '.npz':
        np.savez(path, **content)
    else:
        scipy.io.savemat(path, content)
    with pytest.raises(ValueError, match=message):
        read_masks(path)


def test_folders_that_hold_no_masks(tmp_path):
    with pytest.raises(ValueError, match=r'holds no \.png'):
        read_masks(tmp_path)
    (tmp_path / '1.png').write_text('no picture')
    with pytest.raises(ValueError, match=r'1\.png is no picture'):
        read_masks(tmp_path)


def test_scores_of_a_net_are_no_masks(tmp_path):
    scores = np.linspace(0, 90, 400).astype(np.uint8).reshape(20, 20)
    scores[5:9, 5:9] = 250
    cv2.imwrite(str(tmp_path / '1.png'), scores)
    with pytest.raises(
        ValueError, match=r'1\.png has 9\d greys, most of them dark.*above 128 with'
    ):
        read_masks(tmp_path)


def test_smooth_edges_and_many_objects_are_masks(tmp_path):
    smooth = np.zeros((40, 40), np.uint8)
    smooth[8:32, 8:32] = 255
    smooth = cv2.GaussianBlur(smooth, (5, 5), 1)
    objects = np.arange(40, dtype=np.uint8).repeat(40).reshape(40, 40)
    for number, picture in enumerate((smooth, objects)):
        cv2.imwrite(str(tmp_path / f'{number}.png'), picture)
    assert (read_masks(tmp_path) == np.stack([smooth > 0, objects > 0])).all()


def test_jhmdb_as_it_is_unpacked(tmp_path):
    """puppet_mask/CLASS/VIDEO/puppet_mask.mat with part_mask [H, W, T]; no conversion."""
    truth = np.zeros((5, 24, 32), dtype=bool)
    for t in range(5):
        truth[t, 4:20, 3 * t : 3 * t + 9] = True
    folder = tmp_path / 'puppet_mask/brush_hair/April_09_brush_hair_u_nm_np1_ba_goo_0'
    folder.mkdir(parents=True)
    content = dict(part_mask=np.moveaxis(truth, 0, -1).astype(np.uint8))
    scipy.io.savemat(folder / 'puppet_mask.mat', content)
    video = 'brush_hair/April_09_brush_hair_u_nm_np1_ba_goo_0.avi'
    path = find_masks(video, tmp_path / 'puppet_mask')
    found = masks_of_frames(path, video, np.array([0, 4, 2]), 5, 24, 32)
    assert (found == truth[[0, 4, 2]]).all()
    # HMDB51's videos of the same names are longer: their masks are others.
    with pytest.raises(ValueError, match=r'masks of 5 frames, and .* has 80'):
        masks_of_frames(path, video, np.array([0]), 80, 24, 32)


def test_whole_paths_end_in_what_they_are_called_below_a_folder():
    assert [*map(str, ends_of('/x/run/a'))] == ['x/run/a', 'run/a', 'a']
    assert [*map(str, ends_of('../run/./a'))] == ['run/a', 'a']
