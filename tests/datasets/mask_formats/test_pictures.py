import numpy as np
import pytest
from PIL import Image

from mmdebias.datasets.mask_formats import davis_masks, hat_masks, label_masks


def write_palette(path, values):
    """A PNG as DAVIS's: each pixel is an index, and index 0 is not always black."""
    picture = Image.fromarray(np.uint8(values), 'P')
    picture.putpalette([9, 9, 9, 128, 0, 0, 0, 128, 0, *[7] * 759])
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path)


def write_grey(path, values):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.uint8(values)).save(path)


def frame(**places):
    values = np.zeros((16, 20), np.uint8)
    for value, columns in places.items():
        values[4:9, columns] = int(value[1:])
    return values


def test_objects_of_davis_are_foreground_and_what_is_undecided_is_not(tmp_path):
    for t in range(3):
        values = frame(_1=slice(t, t + 3), _2=slice(10, 12), _255=slice(15, 17))
        write_palette(tmp_path / f'Annotations/480p/bear/{t:05}.png', values)

    readers = davis_masks(tmp_path)

    assert list(readers) == ['bear']
    masks = readers['bear']()
    assert masks.shape == (3, 16, 20) and masks.dtype == bool
    for t in range(3):
        assert (masks[t] == (frame(_1=slice(t, t + 3), _2=slice(10, 12)) > 0)).all()


def test_the_one_object_of_davis_2016_is_255(tmp_path):
    write_grey(tmp_path / 'bear/00000.png', frame(_255=slice(3, 6)))
    assert (davis_masks(tmp_path)['bear']()[0] == (frame(_1=slice(3, 6)) > 0)).all()


def test_one_resolution_of_davis_has_to_be_chosen(tmp_path):
    for size in ('480p', 'Full-Resolution'):
        write_grey(tmp_path / f'Annotations/{size}/bear/00000.png', frame(_1=slice(3)))
    with pytest.raises(ValueError, match='480p and Full-Resolution: give one'):
        davis_masks(tmp_path)
    assert list(davis_masks(tmp_path / 'Annotations/480p')) == ['bear']


def test_people_of_hat_are_above_half_grey(tmp_path):
    # Scores of a net, which are low and seldom 0 where there is no person.
    values = 7 + frame(_200=slice(3, 6), _110=slice(8, 10))
    write_grey(tmp_path / 'seg/bending metal/a_000001_000011/000001.png', values)
    write_grey(tmp_path / 'ori/not/a/mask.png', values)

    readers = hat_masks(tmp_path)

    assert list(readers) == ['bending metal/a_000001_000011']
    (mask,) = readers['bending metal/a_000001_000011']()
    assert (mask == (frame(_1=slice(3, 6)) > 0)).all()


def test_classes_that_are_named_are_foreground(tmp_path):
    write_grey(tmp_path / 'archery/a/00001.png', frame(_60=slice(3, 6), _61=slice(8, 10)))
    (mask,) = label_masks(tmp_path, [60])['archery/a']()
    assert (mask == (frame(_1=slice(3, 6)) > 0)).all()
    with pytest.raises(ValueError, match='which classes'):
        label_masks(tmp_path, [])


def test_pictures_are_in_the_order_of_their_numbers(tmp_path):
    for number in (9, 10, 11):
        write_grey(tmp_path / f'a/frame{number}.png', frame(_1=number))
    masks = davis_masks(tmp_path)['a']()
    assert [np.flatnonzero(mask.any(0)).tolist() for mask in masks] == [[9], [10], [11]]


def test_frames_that_are_left_out_shift_no_masks(tmp_path):
    """YouTube-VOS marks every fifth frame."""
    for number in (0, 5, 10):
        write_grey(tmp_path / f'a/{number:05}.png', frame(_1=number))
    with pytest.raises(ValueError, match=r'00000\.png and then 00005\.png: a mask is needed'):
        davis_masks(tmp_path)['a']()


def test_pictures_that_are_no_masks(tmp_path):
    write_grey(tmp_path / 'colours/1.png', np.eye(3, dtype=np.uint8)[None].repeat(3, 0) * 99)
    write_grey(tmp_path / 'sizes/1.png', np.ones((4, 4)))
    write_grey(tmp_path / 'sizes/2.png', np.ones((4, 6)))
    write_grey(tmp_path / 'names/first.png', np.ones((4, 4)))
    (tmp_path / 'broken').mkdir()
    (tmp_path / 'broken/1.png').write_text('no picture')
    readers = davis_masks(tmp_path)
    for name, message in (
        ('colours', r'1\.png has colours instead of one number'),
        ('sizes', r'different sizes: \[\(4, 4\), \(4, 6\)\]'),
        ('names', r'first\.png has no number'),
        ('broken', r'1\.png is no picture'),
    ):
        with pytest.raises(ValueError, match=message):
            readers[name]()


def test_a_folder_without_folders_of_pictures(tmp_path):
    write_grey(tmp_path / '1.png', np.ones((4, 4)))
    with pytest.raises(FileNotFoundError, match='no PNGs in folders'):
        davis_masks(tmp_path)
