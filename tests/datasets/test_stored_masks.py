"""Masks in files, of each kind, and what is no mask."""

import cv2
import numpy as np
import pytest
import scipy.io

from mmdebias.datasets.stored_masks import look_at_masks, open_masks, read_masks
from mmdebias.datasets.toy.masks import pack_masks


@pytest.mark.parametrize(
    ('name', 'content', 'message'),
    [
        ('a.npz', dict(masks=np.zeros((3, 4, 4))), 'marks no pixel of any frame'),
        ('a.npz', dict(masks=np.ones((4, 4))), r'shape \[4, 4\]'),
        ('a.npz', dict(masks=np.ones((0, 4, 4))), r'shape \[0, 4, 4\], which are none'),
        (
            'a.npz',
            dict(bits=np.ones(3, np.uint8), shape=[3, 4, 4]),
            r'a.npz cannot be .*3 bytes are',
        ),
        (
            'a.npz',
            dict(masks=np.array([{}])),
            r'a.npz cannot be read as masks \(ValueError: Object',
        ),
        (
            'a.npz',
            dict(masks=np.where(np.eye(4), 0.9, 0.1)[None]),
            r'12 values between 0 and 0.5, and',
        ),
        (
            'a.npz',
            dict(masks=np.where(np.eye(4), 2.5, -3)[None]),
            'values that are no numbers from 0',
        ),
        ('a.npz', dict(masks=np.full((3, 4, 4), np.nan)), 'values that are no numbers from 0'),
        ('a.mat', dict(part_mask=np.where(np.eye(4), 0.9, 0.1)), r'12 values between 0 and 0.5'),
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


@pytest.mark.parametrize('size', [(4, 6), (3, 5)])
@pytest.mark.parametrize('kind', ['bits', 'bool', 'float', 'columns', 'png'])
def test_masks_are_kept_a_bit_a_pixel(tmp_path, size, kind):
    """Of frames whose pixels fill bytes, and of others."""
    truth = np.random.default_rng(0).random((7, *size)) < 0.3
    path = tmp_path if kind == 'png' else tmp_path / 'a.npz'
    if kind == 'bits':
        path.write_bytes(pack_masks(truth, fingerprint='abc'))
    elif kind == 'png':
        for number, mask in enumerate(truth):
            cv2.imwrite(str(tmp_path / f'{number}.png'), mask * np.uint8(255))
    else:
        stored = dict(bool=truth, float=truth * 1.0, columns=np.asfortranarray(truth))[kind]
        np.savez_compressed(path, masks=stored)
    found = open_masks(path)
    assert found.shape == truth.shape and look_at_masks(path) == (truth.shape, False)
    assert found.bits.nbytes <= 7 * (np.prod(size) // 8 + 1)
    some = np.array([5, 0, 0])
    assert (found.of(some) == truth[some]).all() and found.of(some).dtype == bool
    assert (read_masks(path) == truth).all()


def test_smooth_edges_of_shares_are_masks(tmp_path):
    smooth = np.zeros((1, 40, 40), np.float32)
    smooth[0, 8:32, 8:32] = 1
    smooth[0] = cv2.GaussianBlur(smooth[0], (5, 5), 1)
    np.savez(tmp_path / 'a.npz', smooth)
    assert (read_masks(tmp_path / 'a.npz') == (smooth > 0)).all()


@pytest.mark.parametrize('name', ['a.npz', 'a.mat'])
def test_a_damaged_file_is_named(tmp_path, name):
    path = tmp_path / name
    masks = np.random.default_rng(0).random((9, 40, 40)) < 0.5
    if name == 'a.npz':
        np.savez_compressed(path, masks=masks)
    else:
        scipy.io.savemat(path, dict(part_mask=masks.astype(np.uint8)), do_compression=True)
    whole = path.read_bytes()
    for damaged in (b'hello', whole[: len(whole) // 2], whole[:700] + b'x' * 9 + whole[709:]):
        path.write_bytes(damaged)
        with pytest.raises(
            ValueError, match=rf'{name} cannot be read as masks \(.*: write it anew'
        ):
            open_masks(path)


def test_of_many_pictures_some_are_looked_at(tmp_path, monkeypatch):
    for number in range(40):
        mask = np.zeros((6, 8), np.uint8)
        mask[2:4, 3:5] = number > 30
        cv2.imwrite(str(tmp_path / f'{number}.png'), mask)
    read, imread = [], cv2.imread
    monkeypatch.setattr(
        'mmdebias.datasets.stored_masks.cv2.imread', lambda *given: read.append(1) or imread(*given)
    )
    assert look_at_masks(tmp_path) == ((40, 6, 8), False)
    assert len(read) == 8
    # What these do not show, others may.
    for number in (34, 39):
        cv2.imwrite(str(tmp_path / f'{number}.png'), np.zeros((6, 8), np.uint8))
    assert look_at_masks(tmp_path) == ((40, 6, 8), False)
    for number in range(31, 40):
        cv2.imwrite(str(tmp_path / f'{number}.png'), np.zeros((6, 8), np.uint8))
    with pytest.raises(ValueError, match='marks no pixel of any frame'):
        look_at_masks(tmp_path)


@pytest.mark.parametrize('name', ['a.npz', 'a'])
def test_masks_of_everything_are_read_and_told_where_they_are_looked_at(tmp_path, name):
    path, masks = tmp_path / name, np.ones((3, 5, 5), np.uint8)
    if path.suffix:
        np.savez(path, masks)
    else:
        path.mkdir()
        for number, mask in enumerate(masks):
            cv2.imwrite(str(path / f'{number}.png'), mask)
    assert read_masks(path).all()
    assert look_at_masks(path) == ((3, 5, 5), True)
