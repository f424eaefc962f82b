"""Toy videos, what is in them: plan, motions, frames and masks. No file is written."""

import dataclasses

import numpy as np
import pytest

from mmdebias.datasets.toy import (
    CLASSES,
    MOTIONS,
    SCENES,
    ToyConfig,
    ToyVideo,
    draw_scene,
    plan_split,
    pose_joints,
    render_video,
    sample_tracks,
)

SMALL = ToyConfig(videos=16, size=(32, 40), frames=8)


def own_share(config, split):
    return np.mean([video.scene == video.label for video in plan_split(config, split)])


@pytest.mark.parametrize('bias', [0, 1 / 8, 0.5, 0.9, 1])
@pytest.mark.parametrize('split', ['train', 'test'])
def test_share_of_own_scenes_is_the_bias(bias, split):
    config = ToyConfig(videos=800, test_videos=800, bias=bias)
    # A hundred videos a class, of which 12.5 cannot be met exactly.
    assert own_share(config, split) == pytest.approx(bias, abs=0.005)


def test_fractions_are_rounded_without_a_lean():
    # 0.3 * 2 videos a class: none or one of them, 0.6 on average.
    shares = [own_share(ToyConfig(videos=16, bias=0.3, seed=seed), 'train') for seed in range(300)]
    assert np.mean(shares) == pytest.approx(0.3, abs=0.02)


def test_independent_at_one_in_eight_and_uniform_among_the_others():
    counts = np.zeros((8, 8))
    for seed in range(20):
        for video in plan_split(ToyConfig(videos=400, bias=1 / 8, seed=seed), 'train'):
            counts[video.label, video.scene] += 1
    assert np.allclose(counts / counts.sum(), 1 / 64, atol=0.15 / 64)
    counts = np.zeros((8, 8))
    for video in plan_split(ToyConfig(videos=8 * 7 * 10, bias=0), 'train'):
        counts[video.label, video.scene] += 1
    assert np.array_equal(counts, 10 * (1 - np.eye(8)))


@pytest.mark.parametrize('bias', [0, 0.9, 1])
def test_swap_never_shows_the_own_scene(bias):
    config = ToyConfig(videos=64, test_videos=400, bias=bias)
    videos = plan_split(config, 'test_swap')
    assert all(video.scene != video.label for video in videos)
    assert {video.scene for video in videos} == set(range(8))


def test_classes_are_balanced_and_labels_shuffled():
    labels = [video.label for video in plan_split(ToyConfig(videos=83), 'train')]
    assert sorted(np.bincount(labels, minlength=8)) == [10] * 5 + [11] * 3
    assert labels != [index % 8 for index in range(83)]
    assert [video.index for video in plan_split(SMALL, 'train')] == list(range(16))


def test_eight_actions_and_as_many_scenes():
    assert len(CLASSES) == len(SCENES) == len(set(CLASSES)) == len(set(SCENES)) == 8


@pytest.mark.parametrize('label', range(0, 8, 2))
def test_neighbours_are_time_reverses(label):
    forwards = sample_tracks(label, 20, np.random.default_rng(0))
    backwards = sample_tracks(label + 1, 20, np.random.default_rng(0))
    for name in ('arms', 'gait', 'path', 'jump', 'bow'):
        there, back = getattr(forwards, name)[::-1], getattr(backwards, name)
        # Up to where the cycle starts, which is drawn uniformly.
        assert np.allclose(there - there[0], back - back[0])
    moving = [
        name for name in ('arms', 'gait', 'jump', 'bow') if np.ptp(getattr(forwards, name)) > 0
    ]
    assert moving == [{'walk': 'gait'}.get(MOTIONS[label].phase, MOTIONS[label].phase)]


def sample_joints(label, count, frames=24):
    """Joints [count, frames, 2] by name and facings [count, frames]."""
    samples = [
        pose_joints(sample_tracks(label, frames, np.random.default_rng([seed, label])))
        for seed in range(count)
    ]
    joints = {name: np.stack([sample[0][name] for sample in samples]) for name in samples[0][0]}
    return joints, np.stack([sample[1] for sample in samples])


@pytest.fixture(scope='module')
def sampled():
    return [sample_joints(label, 250) for label in range(8)]


def test_poses_of_a_frame_have_one_distribution(sampled):
    for frame in (0, 11, 23):
        poses = []
        for joints, facing in sampled:
            places = np.concatenate([joint[:, frame] for joint in joints.values()], -1)
            places = np.hstack([places, facing[:, frame, None], places * facing[:, frame, None]])
            poses.append(np.hstack([places, (places - places.mean(0)) ** 2]))
        poses = np.stack(poses)
        error = poses.std((0, 1)) / np.sqrt(poses.shape[1])
        # About 2000 comparisons, so chance alone gives four or so.
        assert np.abs((poses.mean(1) - poses.mean((0, 1))) / error).max() < 5.5


def skew(signal):
    return ((signal - signal.mean(-1, keepdims=True)) ** 3).sum(-1)


def order_of_poses(phase, joints, facing):
    """A number [count] whose sign gives the direction of a motion; it needs the sequence."""
    if phase == 'walk':
        return (np.diff(joints['hips'][..., 0]) * facing[:, 1:]).sum(-1)
    if phase == 'jump':
        return skew(-np.diff(joints['neck'][..., 1]))
    if phase == 'bow':
        return skew(-np.diff(joints['head'][..., 0] - joints['hips'][..., 0]) * facing[:, 1:])
    arm = joints['elbow_near'] - joints['shoulder_near']
    # The y axis points down.
    return -(arm[:, :-1, 0] * arm[:, 1:, 1] - arm[:, :-1, 1] * arm[:, 1:, 0]).sum(-1)


@pytest.mark.parametrize('label', range(8))
def test_the_sequence_tells_the_direction(sampled, label):
    motion = MOTIONS[label]
    joints, facing = sampled[label]
    found = np.sign(order_of_poses(motion.phase, joints, facing))
    assert (found == motion.direction).mean() > 0.95


@pytest.mark.parametrize('label', range(8))
def test_a_flip_swaps_the_arms_actions_and_keeps_the_others(sampled, label):
    motion = MOTIONS[label]
    joints, facing = sampled[label]
    mirrored = {name: joint * [-1, 1] for name, joint in joints.items()}
    found = np.sign(order_of_poses(motion.phase, mirrored, -facing))
    expected = -motion.direction if motion.phase == 'arms' else motion.direction
    assert (found == expected).mean() > 0.95


def test_the_first_frame_is_the_same_picture_for_every_class():
    pictures, lasts = [], []
    for label in range(8):
        frames, masks = render_video(SMALL, ToyVideo('train', 5, label, 3))
        pictures.append((frames[0], masks[0]))
        lasts.append(frames[-1])
    for frame, mask in pictures[1:]:
        assert np.array_equal(frame, pictures[0][0]) and np.array_equal(mask, pictures[0][1])
    assert len({last.tobytes() for last in lasts}) == 8


def test_the_scene_changes_nothing_but_the_background():
    video = ToyVideo('test', 2, 4, 0)
    config = dataclasses.replace(SMALL, lighting=0)
    frames, masks = render_video(config, video)
    for scene in range(1, 8):
        others, same = render_video(config, dataclasses.replace(video, scene=scene))
        assert np.array_equal(masks, same)
        inside = np.abs(frames.astype(int) - others)[masks].mean()
        outside = np.abs(frames.astype(int) - others)[~masks].mean()
        # Not quite zero inside: the actor's smooth edge lets some scene through.
        assert inside < 0.25 * outside


@pytest.mark.parametrize('size', [(32, 32), (64, 64), (48, 80), (80, 56)])
def test_actor_covers_a_fair_share(size):
    config = ToyConfig(size=size, frames=8)
    masks = np.stack([render_video(config, video)[1] for video in plan_split(config, 'train')[:12]])
    assert masks.dtype == bool and masks.shape[1:] == (8, *size)
    # The actor's size goes with the frame's height.
    share = masks.mean() * size[1] / size[0]
    assert 0.08 < share < 0.25
    assert masks.any((2, 3)).all()


def test_looks_vary_and_light_and_camera_can_be_held_still():
    first, second = (render_video(SMALL, ToyVideo('train', k, 0, 0))[0] for k in (0, 1))
    assert np.abs(first.astype(int) - second).mean() > 10
    still = dataclasses.replace(SMALL, shake=0, lighting=0)
    frames, masks = render_video(still, ToyVideo('train', 0, 0, 0))
    background = ~masks.any(0)
    # A pixel away from the actor's smooth edge.
    background[1:-1, 1:-1] &= background[:-2, 1:-1] & background[2:, 1:-1]
    background[1:-1, 1:-1] &= background[1:-1, :-2] & background[1:-1, 2:]
    assert np.ptp(frames[:, background].astype(int), 0).mean() < 1
    moving, masks = render_video(SMALL, ToyVideo('train', 0, 0, 0))
    assert np.ptp(moving[:, ~masks.any(0)].astype(int), 0).mean() > 3


def test_videos_of_all_splits_can_share_a_few_actors():
    steady = ToyConfig(
        videos=24, size=(64, 64), frames=8, shake=0, lighting=0, actor_size=(0.8, 0.8), actors=2
    )
    colours = []
    for video in plan_split(steady, 'train')[:14] + plan_split(steady, 'test')[:4]:
        frames, masks = render_video(steady, video)
        colours.append(frames[masks].mean(0))
    # Two actors: each colour is near that of the first video or far from it.
    distances = np.linalg.norm(np.array(colours) - colours[0], axis=1)
    near, far = distances[distances < 20], distances[distances >= 20]
    assert near.max() < 12 and far.min() > 25
    assert 0 < len(far) < len(colours) and distances[14:].min() < 20


def test_scenes_of_a_family_differ_and_families_differ_more():
    pictures = np.stack(
        [[draw_scene(k, 32, 40, np.random.default_rng([k, j])) for j in range(6)] for k in range(8)]
    )
    assert pictures.shape == (8, 6, 32, 40, 3) and pictures.dtype == np.float32
    assert pictures.min() >= 0 and pictures.max() <= 1
    assert pictures.std(1).mean((1, 2, 3)).min() > 0.02
    # Brightness alone would not do: compare what the families' gradients look like.
    rough = (
        np.abs(np.diff(pictures, axis=2)).mean((2, 3, 4)),
        np.abs(np.diff(pictures, axis=3)).mean((2, 3, 4)),
    )
    looks = np.stack([*rough, *np.moveaxis(pictures.mean((2, 3)), -1, 0)], -1)
    between = looks.mean(1).std(0) / looks.std(1).mean(0)
    assert between.max() > 1


def test_a_grey_backdrop_changes_nothing_but_the_scene():
    config = dataclasses.replace(SMALL, lighting=0)
    video = ToyVideo('train', 5, 2, 3)
    frames, masks = render_video(config, video)
    bare, same = render_video(dataclasses.replace(config, backdrop='grey'), video)
    assert np.array_equal(masks, same)
    # The rim of the actor is neither.
    assert (bare[~masks] == 115).mean() > 0.9
    assert np.abs(bare[masks].astype(int) - frames[masks]).mean() < 5


def test_contrast_pulls_the_scene_towards_the_wall_and_leaves_the_actor():
    config = dataclasses.replace(SMALL, lighting=0)
    video = ToyVideo('train', 5, 2, 3)
    (full, masks), (half, same), (none, _), (bare, _) = (
        render_video(dataclasses.replace(config, **change), video)
        for change in ({}, {'contrast': 0.5}, {'contrast': 0}, {'backdrop': 'grey'})
    )
    assert np.array_equal(masks, same) and np.array_equal(none, bare)
    middle = (full.astype(float) + bare) / 2
    assert np.abs(half - middle)[~masks].max() <= 3
    assert np.abs(half.astype(int) - full)[masks].mean() < 5
