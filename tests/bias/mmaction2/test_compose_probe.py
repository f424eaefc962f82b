import dataclasses
import pickle

import cv2
import numpy as np
import pytest

from helpers.videos import write_video
from mmdebias.bias import ComposeProbe, ProbeRow, composed_probes, make_manifest
from mmdebias.bias.reading import read_frames
from mmdebias.datasets.toy.masks import pack_masks

PROBES = composed_probes()

T, H, W = 12, 48, 64
VIDEOS = [(f'{i}.mp4', i) for i in range(3)]
WALLS = np.uint8([(60, 120, 60), (120, 60, 160), (90, 90, 200)])
ACTOR = np.uint8([230, 220, 20])


def actor_at(t, label, height=H, width=W):
    """An actor of half the height that walks to the right, starting elsewhere in each video."""
    mask = np.zeros((height, width), dtype=bool)
    left = 4 + 6 * label + 2 * t
    mask[height // 4 : 3 * height // 4, left : left + 8] = True
    return mask


@pytest.fixture(scope='module')
def world(tmp_path_factory):
    """Three videos of three classes before walls of one colour, masks, and two pictures."""
    root = tmp_path_factory.mktemp('world')
    for folder in ('masks', 'pictures'):
        (root / folder).mkdir()
    for video, label in VIDEOS:
        # The last one is larger and twice as long.
        frames, height, width = (T, H, W) if label < 2 else (2 * T, 2 * H, 2 * W)
        masks = np.stack([actor_at(t, label, height, width) for t in range(frames)])
        write_video(root / video, np.where(masks[..., None], ACTOR, WALLS[label]))
        (root / 'masks' / f'{label}.npz').write_bytes(pack_masks(masks))
    for name, colour in (('a.png', (0, 0, 250)), ('b.png', (250, 0, 0))):
        cv2.imwrite(str(root / 'pictures' / name), np.full((30, 50, 3), colour, dtype=np.uint8))
    return root


def composer(world, **options):
    masks = dict(type='files', folder=str(world / 'masks'))
    return ComposeProbe(str(world), **{'masks': masks, **options}, images_root=world / 'pictures')


def make_rows(probe, seed=0):
    return make_manifest(VIDEOS, [probe], seed, images=['a.png', 'b.png'])


def decoded(world, row, indices=None):
    """Frames of a row's video as a decoder gives them, with what a pipeline knows of them."""
    choose = (lambda total: np.arange(total)) if indices is None else lambda total: indices
    frames, indices, total = read_frames(world / row.video, choose)
    return dict(
        filename=str(world / row.video), imgs=list(frames), frame_inds=indices, total_frames=total
    )


def composed(world, row, indices=None, **options):
    results = dict(decoded(world, row, indices), probe_row=vars(row))
    return np.stack(composer(world, **options).transform(results)['imgs'])


def near(frames, colour):
    """Pixels of about a colour: codecs change it a little, more so at edges."""
    return np.abs(frames.astype(int) - colour.astype(int)).max(-1) < 40


def constant_masks(world, tmp_path, value):
    for video, label in VIDEOS:
        total, height, width = np.stack(read_frames(world / video, np.arange)[0]).shape[:3]
        masks = np.full((total, height, width), value)
        # A video needs some foreground: that in a frame nobody looks at.
        masks[-1] = True
        (tmp_path / f'{label}.npz').write_bytes(pack_masks(masks))
    return dict(masks=dict(type='files', folder=str(tmp_path)))


@pytest.mark.parametrize('probe', ['scuba_stripes', 'scuba_images', 'scuba_videos', 'human_only'])
def test_full_masks_leave_the_video_as_it_is(world, tmp_path, probe):
    masks = constant_masks(world, tmp_path, value=True)
    row = make_rows(probe)[0]
    assert (composed(world, row, **masks) == decoded(world, row)['imgs']).all()


@pytest.mark.parametrize('source', ['stripes', 'images'])
def test_empty_masks_leave_one_background(world, tmp_path, source):
    masks = constant_masks(world, tmp_path, value=False)
    first, second = make_rows(f'scuba_{source}')[:2]
    shown = composed(world, first, np.arange(T - 1), **masks)
    assert (shown == shown[0]).all()
    # No pixel of the video is left: another one with the row's draws looks the same.
    other = ProbeRow(first.probe, second.video, second.label, first.seed, first.background)
    assert (composed(world, other, np.arange(T - 1), **masks) == shown).all()


@pytest.mark.parametrize('source', ['stripes', 'images', 'videos'])
def test_scuba_is_the_equation(world, source):
    row = make_rows(f'scuba_{source}')[1]
    frames, shown = np.stack(decoded(world, row)['imgs']), composed(world, row)
    masks = np.stack([actor_at(t, row.label) for t in range(T)])
    assert (shown[masks] == frames[masks]).all()
    # One picture behind all frames, and it is not the video's own wall.
    behind = np.where(masks[..., None], 0, shown).max(0)
    assert (np.where(masks[..., None], behind, shown) == behind).all()
    assert near(behind, WALLS[row.label]).mean() < 0.5


def test_other_videos_give_their_scene_without_their_actor(world):
    for row in make_rows('scuba_videos'):
        label = int(row.background[0])
        behind = composed(world, row)[0]
        outside = ~actor_at(0, row.label, *behind.shape[:2])
        assert near(behind, WALLS[label])[outside].mean() > 0.99


@pytest.mark.parametrize('source', ['stripes', 'images', 'videos'])
@pytest.mark.parametrize('number', range(3))
def test_scufo_repeats_a_frame_of_its_scuba(world, source, number):
    video = composed(world, make_rows(f'scuba_{source}')[number])
    still = composed(world, make_rows(f'scufo_{source}')[number])
    assert (still == still[0]).all() and still.shape == video.shape
    assert (video == still[0]).all((1, 2, 3)).any()


def test_scufo_takes_a_frame_that_shows_somebody(world, tmp_path):
    masks = np.zeros((T, H, W), dtype=bool)
    masks[7] = actor_at(7, 0)
    (tmp_path / '0.npz').write_bytes(pack_masks(masks))
    options = dict(masks=dict(type='files', folder=str(tmp_path)))
    for seed in range(4):
        row = make_rows('scufo_stripes', seed)[0]
        moving = ProbeRow('scuba_stripes', row.video, row.label, row.seed, row.background)
        still = composed(world, row, **options)
        assert (still[0] == composed(world, moving, **options)[7]).all()


def test_frozen_moments_differ_and_reach_the_whole_video(world):
    rows = [make_rows('static_frame', seed)[0] for seed in range(40)]
    video = composed(world, make_rows('original')[0])
    shown = {int((video == composed(world, row)[0]).all((1, 2, 3)).argmax()) for row in rows}
    assert len(shown) >= 9 and shown <= set(range(T))


def test_static_frame_repeats_one_frame_as_separate_arrays(world):
    row = make_rows('static_frame')[0]
    results = composer(world).transform(dict(decoded(world, row), probe_row=row))
    frames = results['imgs']
    assert all((frame == frames[0]).all() for frame in frames)
    frames[0][:] = 0  # as Flip does, in place
    assert frames[1].any()


def test_conflict_adds_a_still_actor_behind_the_moving_one(world):
    for scuba, row in zip(make_rows('scuba_images'), make_rows('conflict_images')):
        plain, shown = composed(world, scuba), composed(world, row)
        size = shown.shape[1:3]
        moving = np.stack([actor_at(t, row.label, *size) for t in range(len(shown))])
        assert (shown[moving] == plain[moving]).all()
        changed = (shown != plain).any(-1)
        # What was added stands still wherever it is not covered.
        added = changed.any(0)
        assert (changed == (added & ~moving)).all()
        assert near(shown[changed], ACTOR).mean() > 0.8
        # As large as the partner's actor: half the height, 8 columns of its own width.
        height, width = size
        partner_width = W if row.partner != '2.mp4' else 2 * W
        expected = height / 2 * 8 * width / partner_width
        assert added.sum() <= 1.1 * expected


def test_action_swap_shows_the_partners_scene_in_step(world):
    for row in make_rows('action_swap'):
        shown = composed(world, row)
        moving = np.stack([actor_at(t, row.label, *shown.shape[1:3]) for t in range(len(shown))])
        frames = np.stack(decoded(world, row)['imgs'])
        assert (shown[moving] == frames[moving]).all()
        assert near(shown, WALLS[row.partner_label])[~moving].mean() > 0.99


def test_partners_frames_run_through_the_whole_partner(tmp_path):
    (tmp_path / 'masks').mkdir()
    # The wall of the second video gets brighter by 10 a frame.
    for label, total in ((0, 12), (1, 24)):
        masks = np.stack([actor_at(t % 12, 0) for t in range(total)])
        shade = (10 * np.arange(total) * label)[:, None, None, None] * np.ones((H, W, 3))
        write_video(
            tmp_path / f'{label}.mp4', np.where(masks[..., None], 250, shade).astype(np.uint8)
        )
        (tmp_path / 'masks' / f'{label}.npz').write_bytes(pack_masks(masks))
    row = make_manifest([('0.mp4', 0), ('1.mp4', 1)], ['action_swap'], 0)[0]
    shown = composed(tmp_path, row)
    corner = shown[:, :8, :8].mean((1, 2, 3))
    np.testing.assert_allclose(corner, 20 * np.arange(12), atol=6)


def test_human_only_has_one_colour_behind(world):
    row = make_rows('human_only')[0]
    shown = composed(world, row, colour=[123.675, 116.28, 103.53])
    masks = np.stack([actor_at(t, row.label) for t in range(T)])
    assert (shown[~masks] == (124, 116, 104)).all()
    assert near(shown[masks], ACTOR).mean() > 0.8


def test_background_only_has_no_actor(world):
    for row in make_rows('background_only'):
        assert near(composed(world, row), WALLS[row.label]).mean() > 0.999


# A frozen frame is the nearest of those sampled.
@pytest.mark.parametrize('probe', [p for p in PROBES if not p.startswith(('scufo', 'static'))])
def test_frames_do_not_depend_on_what_else_is_sampled(world, probe):
    row = make_rows(probe)[2]
    some = np.array([20, 1, 1, 9])
    assert (composed(world, row, some) == composed(world, row)[some]).all()


def test_start_index_and_a_single_frame(world):
    row = make_rows('scuba_stripes')[0]
    results = decoded(world, row, np.array([4]))
    # MMAction2's decoders squeeze the number of a single frame.
    results.update(frame_inds=np.array(5), start_index=1, probe_row=row)
    shown = composer(world).transform(results)['imgs']
    assert (shown[0] == composed(world, row)[4]).all()


@pytest.mark.parametrize('probe', PROBES)
def test_previews_show_what_a_model_sees(world, probe):
    row = make_rows(probe)[0]
    indices = np.array([1, 4, 7, 10])
    assert (composer(world).preview(row, count=4) == composed(world, row, indices)).all()


def test_what_is_missing_is_found_at_once(world, tmp_path):
    rows = [row for probe in PROBES for row in make_rows(probe)]
    composer(world).check(rows)
    with pytest.raises(ValueError, match=r'scuba_stripes needs masks.*motion'):
        ComposeProbe(str(world), images_root=str(world / 'pictures')).check(rows)
    ComposeProbe(str(world)).check(make_rows('original') + make_rows('static_frame'))
    with pytest.raises(ValueError, match='give images_root'):
        ComposeProbe(str(world), dict(type='motion')).check(rows)
    with pytest.raises(ValueError, match=r'3 of 3 videos have no mask'):
        composer(world, masks=dict(type='files', folder=str(tmp_path))).check(rows)
    with pytest.raises(FileNotFoundError, match=r'3 of 3 videos.*missing.*correct data_root'):
        ComposeProbe(str(tmp_path)).check(make_rows('original'))
    with pytest.raises(FileNotFoundError, match=r'pictures.*missing.*correct images_root'):
        ComposeProbe(str(world), dict(type='motion'), str(tmp_path)).check(
            make_rows('scuba_images')
        )


@pytest.mark.parametrize(
    ('probe', 'change', 'message'),
    [
        ('scuba_videos', dict(background=None), r'scuba_videos of 0\.mp4 needs a background'),
        ('action_swap', dict(partner=None), r'action_swap of 0\.mp4 needs a partner'),
        ('original', dict(probe='contrasted_videos'), 'contrasted_videos has no frames'),
    ],
)
def test_rows_that_show_nothing_are_refused(world, probe, change, message):
    row = dataclasses.replace(make_rows(probe)[0], **change)
    with pytest.raises(ValueError, match=message):
        composer(world).preview(row)


def test_it_goes_to_other_processes(world):
    row = make_rows('conflict_videos')[0]
    sent = pickle.loads(pickle.dumps(composer(world)))
    assert (sent.preview(row) == composer(world).preview(row)).all()


def test_videos_that_cannot_be_decoded_are_named(world, tmp_path):
    (tmp_path / '0.mp4').write_bytes(b'nothing')
    with pytest.raises(RuntimeError, match=r'0\.mp4 cannot be opened: .* Mend it'):
        ComposeProbe(str(tmp_path)).preview(make_rows('original')[0])


def test_frame_folders_are_refused(world):
    results = decoded(world, make_rows('original')[0])
    del results['filename']
    with pytest.raises(ValueError, match='reads video files'):
        composer(world).transform(dict(results, frame_dir='x', probe_row=make_rows('original')[0]))
