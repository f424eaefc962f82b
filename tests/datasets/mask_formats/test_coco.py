import json

import numpy as np
import pytest

from mmdebias.datasets.mask_formats import coco_masks
from mmdebias.datasets.mask_formats.coco import decode_counts, decode_rle


def truth():
    mask = np.zeros((16, 20), dtype=bool)
    mask[4:9, 3:8] = mask[12, 15] = True
    return mask


def runs(mask):
    """The uncompressed RLE of a mask: down the columns, from the first pixel on."""
    flat = np.concatenate([[False], mask.T.reshape(-1)])
    changes = np.flatnonzero(np.diff(flat.astype(int)))
    counts = np.diff([0, *changes, flat.size - 1])
    return dict(size=list(mask.shape), counts=counts.tolist())


def test_runs_go_down_the_columns():
    mask = np.zeros((3, 4), dtype=bool)
    mask[1:, 1] = mask[0, 2] = True
    assert (decode_rle(dict(size=[3, 4], counts=[4, 3, 5])) == mask).all()


def test_runs_begin_with_background_of_length_0():
    assert decode_rle(dict(size=[2, 2], counts=[0, 4])).all()


def test_text_is_that_of_pycocotools():
    """Each is what pycocotools 2.0.11 encodes the mask as."""
    assert (decode_rle(dict(size=[16, 20], counts='d15;0000000h3LPN')) == truth()).all()
    assert (decode_rle(dict(size=[16, 20], counts=b'd15;0000000h3LPN')) == truth()).all()
    assert decode_counts('1o9').tolist() == [1, 319]
    large = np.zeros((480, 854), dtype=bool)
    large[100:300, 400:402] = large[:, 500:503] = True
    assert (decode_rle(dict(size=[480, 854], counts=r'Tck5X6h80lj]1hV1\]f3')) == large).all()


def test_text_of_any_mask_is_that_of_pycocotools():
    mask_api = pytest.importorskip('pycocotools.mask')
    rng = np.random.default_rng(0)
    for number in range(200):
        height, width = rng.integers(1, 64, 2)
        mask = rng.random((height, width)) < (number % 10) / 9
        rle = mask_api.encode(np.asfortranarray(mask.astype(np.uint8)))
        assert (decode_rle(rle) == mask).all()


@pytest.mark.parametrize(
    ('rle', 'message'),
    [
        (dict(counts=[4]), 'must be an RLE with size and counts'),
        ([[1, 1, 5, 1, 5, 5]], 'a polygon, of which pycocotools makes runs'),
        (
            dict(size=[2, 3], counts=[4, 1]),
            r'size \[2, 3\] has runs of 5 pixels in all; it must.*6',
        ),
        (dict(size=[2, 3], counts=[-1, 7]), 'must have 6'),
        (dict(size=[2, 3], counts='d1\n'), 'character 2'),
        (dict(size=[2, 3], counts='d'), 'ends within a number'),
    ],
)
def test_what_is_no_rle(rle, message):
    with pytest.raises(ValueError, match=message):
        decode_rle(rle)


def write(folder, content):
    path = folder / 'masks.json'
    path.write_text(json.dumps(content))
    return path


def youtube_vis(**changes):
    one, two = np.zeros((2, 16, 20), dtype=bool)
    one[4:9, 3:8] = two[12, 15] = True
    content = dict(
        videos=[dict(id=7, length=2, file_names=['ab/00000.jpg', 'ab/00005.jpg'])],
        categories=[dict(id=1, name='person'), dict(id=2, name='dog')],
        annotations=[
            dict(id=1, video_id=7, category_id=1, segmentations=[runs(one), None]),
            dict(id=2, video_id=7, category_id=2, segmentations=[runs(two), runs(two)]),
            dict(id=3, video_id=8, category_id=1, segmentations=[runs(~one)]),
        ],
    )  # fmt: skip
    return {**content, **changes}, one, two


def test_objects_of_youtube_vis_are_joined_frame_by_frame(tmp_path):
    content, one, two = youtube_vis()
    readers = coco_masks(write(tmp_path, content))
    assert list(readers) == ['ab']
    assert (readers['ab']() == np.stack([one | two, two])).all()


def test_categories_choose_objects(tmp_path):
    content, one, _ = youtube_vis()
    path = write(tmp_path, content)
    assert (coco_masks(path, ['person'])['ab']() == np.stack([one, 0 * one])).all()
    with pytest.raises(ValueError, match=r"categories=\['cat'\]: .* has \['dog', 'person'\]"):
        coco_masks(path, ['cat'])


def test_frames_of_objects_and_of_the_video_agree(tmp_path):
    content, one, _ = youtube_vis()
    content['annotations'][0]['segmentations'] = [runs(one)]
    with pytest.raises(ValueError, match=r'ab: objects and the video have \[1, 2\] frames'):
        coco_masks(write(tmp_path, content))['ab']()


def test_videos_of_one_folder_each(tmp_path):
    content, *_ = youtube_vis(videos=[dict(id=7, file_names=['a/1.jpg', 'b/2.jpg'])])
    with pytest.raises(ValueError, match=r"video 7 must be files of one folder.*\['a', 'b'\]"):
        coco_masks(write(tmp_path, content))


def test_frames_by_video(tmp_path):
    mask = truth()
    upper, lower = mask.copy(), mask.copy()
    upper[10:] = lower[:10] = False
    frames = [None, runs(mask), [runs(upper), runs(lower)], []]
    readers = coco_masks(write(tmp_path, {'run/a.b.mp4': frames, 'c.1': [None]}))
    assert list(readers) == ['run/a.b', 'c.1']
    empty = np.zeros_like(mask)
    assert (readers['run/a.b']() == np.stack([empty, mask, mask, empty])).all()
    with pytest.raises(ValueError, match=r'c\.1: no frame has a mask'):
        readers['c.1']()


def test_errors_name_the_video_and_the_frame(tmp_path):
    readers = coco_masks(write(tmp_path, {'a': [None, dict(size=[2, 2], counts=[3])], 'b': 3}))
    with pytest.raises(ValueError, match=r'masks\.json, a, frame 1: an RLE of size \[2, 2\]'):
        readers['a']()
    with pytest.raises(ValueError, match=r'b: frames must be a list'):
        readers['b']()


def test_other_json(tmp_path):
    with pytest.raises(ValueError, match='must map videos to frames'):
        coco_masks(write(tmp_path, [1]))
    (tmp_path / 'masks.json').write_text('{')
    with pytest.raises(ValueError, match=r'masks\.json is not JSON'):
        coco_masks(tmp_path / 'masks.json')
    with pytest.raises(FileNotFoundError):
        coco_masks(tmp_path / 'nowhere.json')
    with pytest.raises(ValueError, match='categories'):
        coco_masks(write(tmp_path, {'a': [None]}), ['person'])
