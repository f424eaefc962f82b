import numpy as np
import pytest
import scipy.io

from mmdebias.datasets.mask_files import check_masks, ends_of, find_masks, masks_of_frames


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


def test_masks_are_checked_against_their_video(tmp_path):
    np.savez(tmp_path / 'a.npz', masks=np.eye(4, 6)[None].repeat(5, 0))
    check_masks(tmp_path / 'a.npz', 'a.mp4', 5, 8, 12)
    with pytest.raises(ValueError, match=r'masks of 5 frames, and a.mp4 has 30'):
        check_masks(tmp_path / 'a.npz', 'a.mp4', 30, 8, 12)
    with pytest.raises(ValueError, match=r'masks of 4x6 .*, and the frames of a.mp4 are 8x8'):
        check_masks(tmp_path / 'a.npz', 'a.mp4', 5, 8, 8)
    np.savez(tmp_path / 'a.npz', masks=np.ones((5, 4, 6)))
    with pytest.raises(ValueError, match=r'masks of 4x6 .*, and the frames of a.mp4 are 8x8'):
        check_masks(tmp_path / 'a.npz', 'a.mp4', 5, 8, 8)
    with pytest.raises(ValueError, match=r'a.npz marks every pixel of every frame.* a.mp4 out of'):
        check_masks(tmp_path / 'a.npz', 'a.mp4', 5, 8, 12)
