import json

import cv2
import numpy as np
import pytest
import scipy.io

from helpers.videos import write_video
from mmdebias.bias import build_masks
from mmdebias.datasets.toy.masks import pack_masks
from mmdebias.ops.compositing import draw_boxes

FRAMES = np.arange(6)


@pytest.fixture
def truth():
    """Masks of six frames: a box that moves to the right; the third frame has none."""
    masks = np.zeros((6, 16, 20), dtype=bool)
    for t in (0, 1, 3, 4, 5):
        masks[t, 4:9, t : t + 5] = True
    return masks


def write_toy(folder, masks):
    (folder / 'clip.npz').write_bytes(pack_masks(masks, fingerprint='abc'))


def write_npz(folder, masks):
    np.savez(folder / 'clip.npz', masks=masks.astype(np.uint8) * 255)


def write_mat(folder, masks):
    # As JHMDB: one part of the body a number.
    scipy.io.savemat(folder / 'clip.mat', dict(part_mask=np.moveaxis(masks * 7, 0, -1)))


def write_jhmdb(folder, masks):
    (folder / 'clip').mkdir()
    path = folder / 'clip' / 'puppet_mask.mat'
    scipy.io.savemat(path, dict(part_mask=np.moveaxis(masks, 0, -1).astype(np.uint8)))


def write_pngs(folder, masks):
    (folder / 'clip').mkdir()
    # Not padded: 10 comes before 9 in the order of letters.
    for t, mask in enumerate(masks):
        cv2.imwrite(str(folder / 'clip' / f'{t + 7}.png'), mask.astype(np.uint8))


def write_coloured_pngs(folder, masks):
    (folder / 'clip').mkdir()
    for t, mask in enumerate(masks):
        colour = mask[..., None] * np.uint8([0, 0, 128])
        cv2.imwrite(str(folder / 'clip' / f'{t:05}.png'), colour)


WRITERS = [write_toy, write_npz, write_mat, write_jhmdb, write_pngs, write_coloured_pngs]


@pytest.mark.parametrize('write', WRITERS)
@pytest.mark.parametrize('video', ['run/clip.avi', 'videos/run/clip.avi'])
def test_files_of_all_kinds(tmp_path, truth, write, video):
    (tmp_path / 'run').mkdir()
    write(tmp_path / 'run', truth)
    source = build_masks(dict(type='files', folder=tmp_path), data_root='unused')
    source.check([video])
    assert (source.masks(video, FRAMES, 6, 16, 20) == truth).all()
    some = np.array([5, 0, 0])
    assert (source.masks(video, some, 6, 16, 20) == truth[some]).all()


def test_masks_of_another_size_are_resized(tmp_path, truth):
    write_npz(tmp_path, truth)
    source = build_masks(dict(type='files', folder=tmp_path), '')
    large = source.masks('clip.mp4', FRAMES, 6, 32, 40)
    assert (large == truth.repeat(2, 1).repeat(2, 2)).all()


def test_masks_of_another_shape_are_refused(tmp_path, truth):
    write_npz(tmp_path, truth)
    source = build_masks(dict(type='files', folder=tmp_path), '')
    with pytest.raises(ValueError, match=r'clip.npz has masks of 16x20.*clip.mp4 are 40x32'):
        source.masks('clip.mp4', FRAMES, 6, 40, 32)


def test_numbers_of_frames_may_differ_a_little(tmp_path, truth):
    write_npz(tmp_path, truth)
    source = build_masks(dict(type='files', folder=tmp_path), '')
    assert (source.masks('clip.mp4', np.arange(8), 8, 16, 20)[5:] == truth[5]).all()
    with pytest.raises(ValueError, match=r'masks of 6 frames, and clip.mp4 has 30'):
        source.masks('clip.mp4', FRAMES, 30, 16, 20)


def test_missing_files_are_found_before_the_run(tmp_path, truth):
    write_npz(tmp_path, truth)
    source = build_masks(dict(type='files', folder=tmp_path), '')
    with pytest.raises(ValueError, match=r'2 of 3 videos have no mask.*example b/x\.mp4 \(look'):
        source.check(['clip.mp4', 'b/x.mp4', 'b/y.mp4'])


def build_box_masks(tmp_path, content):
    path = tmp_path / 'boxes.json'
    path.write_text(json.dumps(content))
    return build_masks(dict(type='boxes', file=path), '')


def test_boxes_fill_the_frames_between(tmp_path):
    source = build_box_masks(
        tmp_path, {'a.mp4': {'1': [[2, 3, 5, 7]], '4': [[0, 0, 2, 2], [8, 8, 9, 9]]}}
    )
    masks = source.masks('a.mp4', FRAMES, 6, 10, 12)
    first, second = np.zeros((2, 10, 12), dtype=bool)
    first[3:7, 2:5] = True
    second[:2, :2] = second[8, 8] = True
    assert (masks == np.stack([first] * 3 + [second] * 3)).all()
    assert 'background' in source.warning


def test_boxes_as_shares_of_the_frame(tmp_path):
    source = build_box_masks(
        tmp_path, {'a.mp4': [[[0.25, 0.5, 1, 1]]], 'b.mp4': [[[0, 0, 0.5, 0.5]]]}
    )
    mask = source.masks('a.mp4', np.array([3]), 6, 10, 12)[0]
    expected = np.zeros((10, 12), dtype=bool)
    expected[5:, 3:] = True
    assert (mask == expected).all()


def test_boxes_with_low_scores_and_outside_count_for_nothing(tmp_path):
    source = build_box_masks(
        tmp_path, {'a.mp4': [[[2, 2, 4, 4, 0.2]]], 'b.mp4': [[[20, 2, 40, 4]]]}
    )
    with pytest.raises(ValueError, match=r'1 of 2 videos have no box.*example a\.mp4'):
        source.check(['a.mp4', 'b.mp4'])
    with pytest.raises(ValueError, match=r'no box of b\.mp4 is inside'):
        source.masks('b.mp4', FRAMES, 6, 10, 12)


@pytest.fixture
def moving(tmp_path):
    """A video of a textured square before a textured wall, its masks and its folder."""
    rng = np.random.default_rng(0)
    wall = rng.integers(90, 160, (8, 8, 3)).astype(np.uint8).repeat(8, 0).repeat(8, 1)
    actor = rng.integers(0, 255, (5, 5, 3)).astype(np.uint8).repeat(4, 0).repeat(4, 1)
    frames, masks = np.stack([wall] * 70), np.zeros((70, 64, 64), dtype=bool)
    for t in range(70):
        place = (t, slice(20, 40), slice(t // 2 + 4, t // 2 + 24))
        frames[place], masks[place] = actor, True
    write_video(tmp_path / 'clip.mp4', frames)
    return tmp_path, masks


def test_motion_masks_follow_the_actor(moving):
    folder, truth = moving
    source = build_masks(dict(type='motion'), folder)
    found = source.masks('clip.mp4', np.arange(70), 70, 64, 64)
    # One mask a window of 32 frames; the last window is whole as well.
    assert (found[:32] == found[0]).all() and (found[32:64] == found[32]).all()
    for begin, end in ((0, 32), (32, 64), (38, 70)):
        been, mask = truth[begin:end].any(0), found[end - 1]
        assert (mask & been).sum() / (mask | been).sum() > 0.5


def test_motion_masks_depend_on_no_sampling(moving):
    source = build_masks(dict(type='motion'), moving[0])
    every = source.masks('clip.mp4', np.arange(70), 70, 64, 64)
    some = np.array([69, 3, 40])
    assert (source.masks('clip.mp4', some, 70, 64, 64) == every[some]).all()


def test_motion_needs_two_frames(tmp_path):
    write_video(tmp_path / 'still.mp4', np.full((1, 32, 32, 3), 90, dtype=np.uint8))
    source = build_masks(dict(type='motion'), tmp_path)
    with pytest.raises(ValueError, match=r'still\.mp4 has 1 frame'):
        source.masks('still.mp4', np.array([0]), 1, 32, 32)


@pytest.mark.parametrize(
    ('masks', 'message'),
    [
        (dict(), r"type must be one of \['files', 'boxes', 'motion', 'none'\]"),
        (dict(type='png', folder='x'), 'type must be one of'),
        (dict(type='files', path='x'), "'path' is no key and 'folder' is missing; the keys"),
        (dict(type='files'), "'folder' is missing; the keys of 'files' are type, folder"),
        (dict(type='motion', folder='x'), "'motion' are type, clip_len, frame_interval"),
        (dict(type='files', folder='nowhere'), 'nowhere is no folder'),
        (dict(type='motion', clip_len=1), 'clip_len=1 must be 2 or more'),
    ],
)
def test_sources_that_cannot_be_built(masks, message):
    with pytest.raises(ValueError, match=message):
        build_masks(masks, '')


def test_no_masks_for_probes_that_need_none():
    source = build_masks(dict(type='none'), '')
    source.check(['a.mp4'])
    with pytest.raises(
        ValueError, match=r'no masks of a\.mp4: give masks, or leave this probe out'
    ):
        source.masks('a.mp4', FRAMES, 6, 16, 20)


def test_no_source_at_all():
    assert build_masks(None, '') is None


def test_a_folder_in_place_of_a_dict_is_refused():
    with pytest.raises(TypeError, match=r"masks='masks' must be a dict: dict\(type=\"files\""):
        build_masks('masks', 'data')


def test_boxes_in_pixels_are_those_of_the_frames_whatever_size_is_wanted(tmp_path):
    pixels = build_box_masks(tmp_path, {'a.mp4': {'0': [[100, 60, 160, 120]]}})
    masks = pixels.masks('a.mp4', FRAMES, 6, 240, 320, size=(60, 80))
    assert masks.shape == (6, 60, 80)
    assert masks[:, 15:30, 25:40].all()
    assert masks.sum() == 6 * 15 * 15
    (tmp_path / 'shares').mkdir()
    shares = build_box_masks(tmp_path / 'shares', {'a.mp4': {'0': [[0.3125, 0.25, 0.5, 0.5]]}})
    assert (shares.masks('a.mp4', FRAMES, 6, 240, 320, size=(60, 80)) == masks).all()
    assert (pixels.masks('a.mp4', FRAMES, 6, 240, 320) == masks.repeat(4, 1).repeat(4, 2)).all()


def test_boxes_below_the_size_that_is_wanted_are_inside_the_frames(tmp_path):
    source = build_box_masks(tmp_path, {'a.mp4': {'0': [[768, 324, 1152, 864]]}})
    assert source.masks('a.mp4', FRAMES, 6, 1080, 1920, size=(256, 455)).any((1, 2)).all()


def test_boxes_of_a_long_video_are_drawn_for_the_frames_that_are_asked_for(tmp_path, monkeypatch):
    source = build_box_masks(tmp_path, {'a.mp4': [[[2, 3, 5, 7]]] * 500})
    drawn = []

    def draw(boxes, height, width):
        drawn.append((height, width))
        return draw_boxes(boxes, height, width)

    monkeypatch.setattr('mmdebias.bias.box_masks.draw_boxes', draw)
    assert source.masks('a.mp4', np.array([3, 400, 3]), 500, 10, 12).shape == (3, 10, 12)
    assert len(drawn) == 2


def test_videos_listed_by_whole_paths_have_masks_below_the_folder(tmp_path, truth):
    (tmp_path / 'masks/run').mkdir(parents=True)
    write_npz(tmp_path / 'masks/run', truth)
    # Its frames, say, lie beside the video, and are no masks.
    (tmp_path / 'videos/run/clip').mkdir(parents=True)
    source = build_masks(dict(type='files', folder=tmp_path / 'masks'), '')
    for video in (f'{tmp_path}/videos/run/clip.avi', '../videos/run/clip.avi'):
        source.check([video])
        assert (source.masks(video, FRAMES, 6, 16, 20) == truth).all()
    with pytest.raises(
        ValueError,
        match=r'no mask in .*masks, for .*/another.avi \(looked for .*/run/another.npz, ',
    ):
        source.check(['/x/run/another.avi'])


def test_of_whole_paths_each_has_its_own_masks(tmp_path, truth):
    for folder in (tmp_path, tmp_path / 'jump'):
        folder.mkdir(exist_ok=True)
        write_npz(folder, truth)
    source = build_masks(dict(type='files', folder=tmp_path), '')
    source.check(['/x/run/clip.avi', '/x/jump/clip.avi'])
    with pytest.raises(ValueError, match=r'/x/run/clip.avi and /x/walk/clip.avi would both have'):
        source.check(['/x/run/clip.avi', '/x/walk/clip.avi'])


def test_videos_of_a_relative_list_do_not_share_a_file_of_masks(tmp_path, truth):
    write_npz(tmp_path, truth)
    source = build_masks(dict(type='files', folder=tmp_path), '')
    source.check(['run/clip.avi'])
    with pytest.raises(ValueError, match=r'run/clip.avi and walk/clip.avi would both have'):
        source.check(['run/clip.avi', 'walk/clip.avi'])


def test_boxes_of_videos_listed_by_whole_paths(tmp_path):
    source = build_box_masks(tmp_path, {'run/a.mp4': [[[2, 3, 5, 7]]]})
    source.check(['/x/run/a.mp4'])
    assert source.masks('/x/run/a.mp4', FRAMES, 6, 10, 12).sum() == 6 * 12
    with pytest.raises(ValueError, match='1 of 1 videos have no box'):
        source.check(['x/run/a.mp4'])


def test_masks_of_a_video_are_looked_at_before_the_run(tmp_path, truth):
    write_npz(tmp_path, truth)
    files = build_masks(dict(type='files', folder=tmp_path), '')
    files.check_video('clip.mp4', 6, 32, 40)
    with pytest.raises(ValueError, match=r'masks of 6 frames, and clip.mp4 has 30'):
        files.check_video('clip.mp4', 30, 16, 20)

    boxes = build_box_masks(tmp_path, {'a.mp4': [[[0, 0, 40, 30]]], 'b.mp4': [[[50, 0, 60, 30]]]})
    boxes.check_video('a.mp4', 6, 30, 60)
    with pytest.raises(ValueError, match=r'the boxes of a.mp4 cover every frame, so that there is'):
        boxes.check_video('a.mp4', 6, 30, 40)
    with pytest.raises(ValueError, match=r'no box of b.mp4 is inside its frames'):
        boxes.check_video('b.mp4', 6, 30, 40)

    motion = build_masks(dict(type='motion'), tmp_path)
    motion.check_video('clip.mp4', 2, 16, 20)
    with pytest.raises(ValueError, match=r'clip.mp4 has 1 frame\(s\): motion needs two'):
        motion.check_video('clip.mp4', 1, 16, 20)
    build_masks(dict(type='none'), '').check_video('clip.mp4', 6, 16, 20)
