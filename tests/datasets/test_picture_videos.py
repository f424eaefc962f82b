import numpy as np
import pytest
from PIL import Image

from mmdebias.datasets.picture_videos import (
    FramesOfVideo,
    find_pictures,
    pack_pictures,
    read_frame_list,
)
from mmdebias.video import read_frames


def write_pictures(folder, frames, name='{:06}.png', first=1):
    folder.mkdir(parents=True, exist_ok=True)
    for number, frame in enumerate(frames, first):
        Image.fromarray(frame).save(folder / name.format(number), quality=95, subsampling=0)
    return folder


@pytest.fixture
def frames():
    """Twelve pictures of odd sides, each of one colour."""
    colours = np.stack([20 * np.arange(12), np.full(12, 90), 255 - 20 * np.arange(12)], -1)
    return np.broadcast_to(colours[:, None, None], (12, 33, 47, 3)).astype(np.uint8)


@pytest.mark.parametrize(('name', 'far'), [('{}.png', 0), ('frame{:06}.jpg', 3)])
def test_frame_i_is_picture_i(tmp_path, frames, name, far):
    folder = write_pictures(tmp_path / 'a', frames, name)
    pictures = find_pictures(tmp_path, FramesOfVideo('a', 12, 0))

    pack_pictures(pictures, tmp_path / 'out/a.mp4')

    found = read_frames(tmp_path / 'out/a.mp4', [0, 9, 11, 3])
    assert np.abs(found.astype(int) - frames[[0, 9, 11, 3]]).max() <= far
    # As they are: nothing is compressed again.
    assert (folder / name.format(5)).read_bytes() in (tmp_path / 'out/a.mp4').read_bytes()


def test_pictures_of_one_kind_and_size(tmp_path, frames):
    first = write_pictures(tmp_path / 'a', frames[:1])
    other = write_pictures(tmp_path / 'b', frames[:1, :20])
    with pytest.raises(ValueError, match='one kind and size'):
        pack_pictures([first / '000001.png', other / '000001.png'], tmp_path / 'a.mp4')
    (tmp_path / 'c.png').write_text('no picture')
    with pytest.raises(ValueError, match=r'c\.png is no picture'):
        pack_pictures([tmp_path / 'c.png'], tmp_path / 'a.mp4')
    assert not (tmp_path / 'a.mp4').exists()


def test_pictures_that_the_list_does_not_promise(tmp_path, frames):
    write_pictures(tmp_path / 'a', frames[:3])
    with pytest.raises(ValueError, match='has 3 pictures, and the list says 4'):
        find_pictures(tmp_path, FramesOfVideo('a', 4, 0))
    (tmp_path / 'a/000002.png').unlink()
    with pytest.raises(ValueError, match='has pictures 1 to 3, and some are left out'):
        find_pictures(tmp_path, FramesOfVideo('a', 2, 0))
    with pytest.raises(FileNotFoundError, match='there is no folder'):
        find_pictures(tmp_path, FramesOfVideo('b', 3, 0))


def test_lists_for_kinetics_name_a_folder_that_pictures_are_not_in(tmp_path, frames):
    write_pictures(tmp_path / 'id__0', frames[:2], '{:06}.jpg')
    found = find_pictures(tmp_path, FramesOfVideo('archery/id__0', 2, 5))
    assert [file.name for file in found] == ['000001.jpg', '000002.jpg']


def test_lists(tmp_path):
    path = tmp_path / 'list.txt'
    path.write_text('bending metal/a 150 19\nb__0 3 0\n\n')
    assert read_frame_list(path) == [('bending metal/a', 150, 19), ('b__0', 3, 0)]
    for text, message in (
        ('a 3', "'a 3' must be"),
        ('', 'lists no videos'),
        ('../a 3 0', 'relative'),
        ('a 3 0\na 3 0', 'twice'),
    ):
        path.write_text(text)
        with pytest.raises(ValueError, match=message):
            read_frame_list(path)
    with pytest.raises(FileNotFoundError):
        read_frame_list(tmp_path / 'nowhere.txt')
