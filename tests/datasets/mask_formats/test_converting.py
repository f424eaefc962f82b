import numpy as np
import pytest

from helpers.videos import write_video
from mmdebias.bias import build_masks
from mmdebias.datasets.mask_formats import Tubes, convert_boxes, convert_masks

FRAMES = np.arange(6)


@pytest.fixture
def masks():
    """A box that goes right, one column a frame."""
    found = np.zeros((6, 32, 48), dtype=bool)
    for t in FRAMES:
        found[t, 8:16, t : t + 8] = True
    return found


@pytest.fixture
def root(tmp_path):
    """Two videos of six frames, one of them upright."""
    (tmp_path / 'videos/run').mkdir(parents=True)
    for name, size in (('a', (32, 48)), ('upright', (48, 32))):
        write_video(tmp_path / f'videos/run/{name}.mp4', np.zeros((6, *size, 3), np.uint8))
    return tmp_path / 'videos'


def test_masks_lie_on_their_frames(tmp_path, root, masks):
    readers = {'run/a': lambda: masks, 'run/unlisted': lambda: masks}
    left_out = convert_masks(readers, tmp_path / 'masks', ['run/a.mp4'], root)

    assert left_out == {}
    source = build_masks(dict(type='files', folder=tmp_path / 'masks'), root)
    source.check(['run/a.mp4'])
    assert (source.masks('run/a.mp4', FRAMES, 6, 32, 48) == masks).all()
    assert not (tmp_path / 'masks/run/unlisted.npz').exists()


def test_without_a_list_all_are_converted(tmp_path, masks):
    assert convert_masks({'run/a.b': lambda: masks}, tmp_path) == {}
    assert (tmp_path / 'run/a.b.npz').is_file()


def test_nothing_is_written_outside_of_the_folder(tmp_path, masks):
    readers = {name: lambda: masks for name in ('../a', str(tmp_path / 'b'), 'c')}
    left_out = convert_masks(readers, tmp_path / 'masks')
    assert set(left_out) == {'../a', str(tmp_path / 'b')}
    assert [file.name for file in tmp_path.rglob('*.npz')] == ['c.npz']


def test_masks_that_are_not_of_the_video_are_left_out(tmp_path, root, masks):
    def broken():
        raise ValueError('broken')

    readers = {'a': lambda: masks[:3], 'upright': lambda: masks}
    videos = ['run/a.mp4', 'run/upright.mp4', 'run/unknown.mp4']
    left_out = convert_masks(readers, tmp_path / 'masks', videos, root)

    assert left_out['run/a.mp4'].startswith('the source has masks of 3 frames, and ')
    assert 'masks of 32x48 (height x width)' in left_out['run/upright.mp4']
    assert left_out['run/unknown.mp4'] == 'the source has none of this name'
    assert not (tmp_path / 'masks').exists()
    readers = {'broken': broken, 'empty': lambda: masks & False}
    assert convert_masks(readers, tmp_path / 'masks') == {
        'broken': 'broken',
        'empty': 'no pixel of any frame is foreground',
    }


def test_boxes_lie_on_their_frames(tmp_path, root):
    tubes = {'run/a': Tubes(6, {t: np.array([[t, 8.0, t + 8, 16]]) for t in range(2, 5)})}
    left_out = convert_boxes(tubes, tmp_path / 'boxes.json', ['run/a.mp4', 'run/upright.mp4'], root)

    assert left_out == {'run/upright.mp4': 'the source has none of this name'}
    source = build_masks(dict(type='boxes', file=tmp_path / 'boxes.json'), root)
    found = source.masks('run/a.mp4', FRAMES, 6, 32, 48)
    # Outside of the tube the nearest box counts.
    assert [np.flatnonzero(mask.any(0))[0] for mask in found] == [2, 2, 2, 3, 4, 4]
    assert 'background' in source.warning


def test_boxes_of_another_video_are_left_out(tmp_path, root):
    tubes = {'run/a': Tubes(40, {0: np.ones((1, 4))}), 'run/upright': Tubes(6, {})}
    left_out = convert_boxes(tubes, tmp_path / 'b.json', ['run/a.mp4', 'run/upright.mp4'], root)
    assert 'the source is for 40 frames, and' in left_out['run/a.mp4']
    assert left_out['run/upright.mp4'] == 'the source has no box of it'


def test_boxes_without_a_list_are_of_avi_files_as_ucf101_has_them(tmp_path):
    tubes = {'Biking/v_Biking_g01_c01': Tubes(6, {0: np.array([[0, 0, 9.0, 9]])})}
    assert convert_boxes(tubes, tmp_path / 'b.json') == {}
    source = build_masks(dict(type='boxes', file=tmp_path / 'b.json'), '')
    source.check(['Biking/v_Biking_g01_c01.avi'])


@pytest.mark.parametrize('whole', [True, False])
def test_videos_listed_by_whole_paths_find_what_is_converted(tmp_path, root, masks, whole):
    (root / 'jump').mkdir()
    (root / 'run/a.mp4').rename(root / 'jump/b.mp4')
    write_video(root / 'run/a.mp4', np.zeros((6, 32, 48, 3), np.uint8))
    folder = str(root) if whole else '../videos'
    videos = [f'{folder}/run/a.mp4', f'{folder}/jump/b.mp4']
    (tmp_path / 'lists').mkdir()
    readers = {'run/a': lambda: masks, 'jump/b': lambda: ~masks}

    assert convert_masks(readers, tmp_path / 'masks', videos, tmp_path / 'lists') == {}

    assert (tmp_path / 'masks/run/a.npz').is_file()
    source = build_masks(dict(type='files', folder=tmp_path / 'masks'), tmp_path / 'lists')
    source.check(videos)
    assert (source.masks(videos[0], FRAMES, 6, 32, 48) == masks).all()
    assert (source.masks(videos[1], FRAMES, 6, 32, 48) == ~masks).all()


def test_no_masks_replace_those_of_another_video(tmp_path, masks):
    readers = {'a': lambda: masks}
    left_out = convert_masks(readers, tmp_path, ['a.mp4', 'a.avi', '/x/a.mp4'])
    assert left_out['a.avi'] == left_out['/x/a.mp4'] == 'its masks would replace those of a.mp4'


def test_masks_without_background_are_left_out(tmp_path, masks):
    left_out = convert_masks({'a': lambda: masks | True}, tmp_path)
    assert left_out == {'a': 'every pixel of every frame is foreground'}
