import numpy as np
import pytest
import scipy.io

from mmdebias.datasets.mask_files import read_masks


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
