"""Recorded motions: their files, a body posed by them, and what is drawn of it.

The files are of our own making; those of pybullet are read where it is installed.
"""

import dataclasses
import importlib.util
import json
import sys

import numpy as np
import pytest

from helpers.motions import rows, write_package
from mmdebias.datasets.toy import (
    CLASSES,
    RECORDINGS,
    ToyConfig,
    ToyVideo,
    load_recording,
    make_toy,
    read_recording,
    recorded,
    render_video,
)
from mmdebias.datasets.toy.person import View, draw_person, pose_person, see_person

CONFIG = ToyConfig(videos=8, size=(48, 40), frames=8, motions='mocap', shake=0, lighting=0)


@pytest.fixture
def package(tmp_path, monkeypatch):
    """An installed package that holds motions of our own."""
    write_package(tmp_path / 'site')
    monkeypatch.delitem(sys.modules, 'pybullet_data', raising=False)
    monkeypatch.syspath_prepend(tmp_path / 'site')
    yield tmp_path / 'site' / 'pybullet_data' / 'data' / 'motions'
    sys.modules.pop('pybullet_data', None)


def write(path, frames):
    path.write_text(json.dumps({'Loop': 'none', 'Frames': frames}))
    return path


def test_a_recording_is_played_around_and_around(tmp_path):
    recording = read_recording(write(tmp_path / 'swing.txt', rows(swing=0.4)))
    assert np.allclose(recording.times, 0.1 * np.arange(9)) and recording.length == pytest.approx(
        0.8
    )
    times = np.array([0.05, 0.2, 0.2 + recording.length])
    height, turns = recording.at(times)
    assert np.allclose(height, 1)  # the pelvis is a leg above the ground
    angles = turns['shoulder_left'].as_rotvec()
    assert np.allclose(angles[:, :2], 0)
    # Half-way between two keys, and a quarter into the cycle, and the same one cycle later.
    assert np.allclose(angles[:, 2], [0.4 * np.sin(np.pi / 4) / 2, 0.4, 0.4])
    assert np.allclose(turns['elbow_right'].as_rotvec(), [[0, 0, 0.2]] * 3)


def test_the_way_back_takes_its_time(tmp_path):
    # Turned by 7/8 of half a turn in the last row: at 5 rad/s that takes .55 s, not .1.
    recording = read_recording(write(tmp_path / 'turn.txt', rows(turned=np.pi)))
    back = np.diff(recording.times)[-1]
    assert back == pytest.approx(np.pi * 7 / 8 / recorded.RETURN_RATE) and back > 0.5
    facing = recording.at(recording.times[-2:] - [0, back / 2])[1]['hips'].as_rotvec()[:, 1]
    assert np.allclose(facing, np.array([7, 3.5]) * np.pi / 8)


def broken(name):
    frames = rows()
    if name == 'no row lasts':
        frames[2][0] = 0
    elif name == 'zeros':
        frames[1][4:8] = [0, 0, 0, 0]
    elif name == 'not finite':
        frames[1][2] = float('nan')
    elif name == 'columns':
        frames = [row[:43] for row in frames]
    elif name == 'one row':
        frames = frames[:1]
    return frames


@pytest.mark.parametrize(
    ('name', 'message'),
    [
        ('no row lasts', 'a row lasts 0 s or less'),
        ('zeros', 'hips has a quaternion of zeros'),
        ('not finite', r'Frames of shape \(8, 44\); two or more rows of 44 finite'),
        ('columns', r'Frames of shape \(8, 43\)'),
        ('one row', r'Frames of shape \(1, 44\)'),
    ],
)
def test_broken_files_are_named(tmp_path, name, message):
    path = write(tmp_path / 'broken.txt', broken(name))
    with pytest.raises(ValueError, match=rf'broken\.txt: {message}'):
        read_recording(path)


def test_what_is_no_motion_file_is_named(tmp_path):
    with pytest.raises(ValueError, match=r'none\.txt: no motion file \(FileNotFoundError'):
        read_recording(tmp_path / 'none.txt')
    (tmp_path / 'text.txt').write_text('{"Loop": "wrap"}')
    with pytest.raises(ValueError, match=r'text\.txt: no motion file \(KeyError'):
        read_recording(tmp_path / 'text.txt')


def raised_arms(tmp_path, build=3):
    """A person with the arms up ahead by a right angle, at the cycle's quarter."""
    recording = read_recording(write(tmp_path / 'raised.txt', rows(swing=np.pi / 2)))
    return draw_person(np.random.default_rng(build)), recording, np.array([0.2])


def test_joints_are_where_the_angles_put_them(tmp_path):
    person, recording, times = raised_arms(tmp_path)
    places, _ = pose_person(person, recording, times)
    at = {name: place[0] for name, place in places.items()}
    arm = person.joints['elbow_right'][1]
    assert np.allclose(at['elbow_right'] - at['shoulder_right'], [-arm[1], 0, 0])  # ahead
    assert np.allclose(at['knee_left'] - at['hip_left'], [0, person.joints['knee_left'][1][1], 0])
    assert at['hip_right'][2] > 0 > at['hip_left'][2] and at['toe_left'][0] > at['heel_left'][0]
    assert at['hand_left'][1] > at['elbow_left'][1]  # an elbow that bends lifts the hand
    # Standing, the hips are where they were: the place on the ground is left out.
    assert np.allclose(at['hips'], 0)


def test_a_view_turns_and_mirrors(tmp_path):
    person, recording, times = raised_arms(tmp_path)
    hand = next(i for i, part in enumerate(person.capsules) if part.end == 'finger_right')

    def reach(azimuth, elevation=0.0, mirrored=False):
        pose, _ = see_person(person, recording, times, View(azimuth, elevation, 1e6, mirrored))
        middle = pose.ends[0, :2].mean((0, 1))  # of the trunk
        return (pose.ends[0, hand, 1] - middle)[0]

    # From the side the arms point right, from in front to the viewer, mirrored to the left.
    assert reach(0) > 0.25 and reach(np.pi) < -0.25 and abs(reach(np.pi / 2)) < 0.2
    assert reach(0, mirrored=True) == pytest.approx(-reach(0))


def test_what_is_nearer_is_larger_and_seen_from_above_is_shorter(tmp_path):
    person, recording, times = raised_arms(tmp_path)

    def height(elevation, distance):
        _, box = see_person(person, recording, times, View(0.5, elevation, distance, False))
        return box[3] - box[1]

    assert height(0.6, 1e6) < height(0, 1e6) < height(0, 3)
    assert 0.9 < height(0, 1e6) < 1.15  # standing heights


def test_frames_and_masks(package):
    videos = [ToyVideo('train', 5, label, 3) for label in range(len(CLASSES))]
    for video in videos[:3]:
        frames, masks = render_video(CONFIG, video)
        assert frames.shape == (8, 48, 40, 3) and masks.shape == (8, 48, 40)
        assert 0.03 < masks.mean() < 0.35
        assert (masks[1:] != masks[:-1]).any()  # it moves
        # The whole person is in the frame.
        assert not masks[:, [0, -1]].any() and not masks[:, :, [0, -1]].any()
    # The same scene, build and clothes; what is not the actor is the scene.
    (one, first), (two, second) = (render_video(CONFIG, video) for video in videos[:2])
    behind = ~(first | second)
    behind = (
        behind[:, 1:-1, 1:-1] & ~(first | second)[:, 2:, 1:-1] & ~(first | second)[:, :-2, 1:-1]
    )
    difference = (one[:, 1:-1, 1:-1] != two[:, 1:-1, 1:-1]).any(-1)
    assert difference[behind].mean() < 0.05


def test_the_actor_hides_the_scene_alone(package):
    frames, masks = render_video(CONFIG, ToyVideo('train', 1, 2, 0))
    other, same = render_video(CONFIG, ToyVideo('train', 1, 2, 5))
    assert np.array_equal(masks, same)
    inner = masks[:, 1:-1, 1:-1] & masks[:, 2:, 1:-1] & masks[:, :-2, 1:-1]
    inner &= masks[:, 1:-1, 2:] & masks[:, 1:-1, :-2]
    frames, other = frames[:, 1:-1, 1:-1], other[:, 1:-1, 1:-1]
    # Where limbs are thin a pixel may be covered in part.
    assert (frames == other).all(-1)[inner].mean() > 0.97
    assert (frames != other).any(-1)[~masks[:, 1:-1, 1:-1]].mean() > 0.9


def test_actors_share_builds_and_clothes(package):
    config = dataclasses.replace(CONFIG, actors=1, backdrop='grey', actor_size=(0.6, 0.6))
    colours = []
    for index in range(2):
        frames, masks = render_video(config, ToyVideo('train', index, 0, 0))
        colours.append({tuple(c) for c in frames[masks] // 32})
    assert len(colours[0] & colours[1]) > 0.3 * min(map(len, colours))


def test_a_set_of_them(package, tmp_path):
    meta = make_toy(tmp_path / 'set', CONFIG, workers=1)
    assert meta['classes'] == list(RECORDINGS) and len(set(RECORDINGS)) == len(CLASSES)
    assert 'speed' not in meta['arguments'] and meta['arguments']['motions'] == 'mocap'
    # All is there: nothing is drawn again.
    assert make_toy(tmp_path / 'set', CONFIG, workers=1) == meta


def test_speed_and_frame_rate_say_how_far_a_frame_goes(package):
    def masks(speed, fps):
        config = dataclasses.replace(CONFIG, speed=(speed, speed), fps=fps)
        return render_video(config, ToyVideo('train', 0, 4, 0))[1]

    assert np.array_equal(masks(0.5, 10), masks(1, 20))
    assert not np.array_equal(masks(0.5, 10), masks(1, 10))


def test_without_the_package_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(
        sys.modules, 'pybullet_data', None
    )  # what importing then raises is the same
    with pytest.raises(ImportError, match=r'pip install mmdebias\[mocap\]'):
        make_toy(tmp_path / 'set', CONFIG, workers=1)
    assert not (tmp_path / 'set').exists()


def test_a_motion_has_one_timing():
    with pytest.raises(
        ValueError, match=r"period=\(9\.0, 10\.0\): motions='mocap' has no period, give"
    ):
        ToyConfig(motions='mocap', period=(9, 10))
    with pytest.raises(
        ValueError, match=r"speed=\(1\.0, 2\.0\): motions='limbs' has no speed, give per"
    ):
        ToyConfig(speed=(1, 2))


@pytest.mark.skipif(
    importlib.util.find_spec('pybullet_data') is None,
    reason='pybullet, whose motions they are, comes with the extra "mocap"',
)
@pytest.mark.parametrize('name', RECORDINGS)
def test_the_recordings_of_the_package(name):
    recording = load_recording(name)
    assert 0.5 < recording.length < 5
    person = draw_person(np.random.default_rng(0))
    times = np.linspace(0, recording.length, 50)
    places, _ = pose_person(person, recording, times)
    # Between a person's size and twice it, upright at some time; upside down only in two of them.
    above = places['crown'][:, 1] - places['hips'][:, 1]
    assert above.max() > 0.25
    assert (above.min() < -0.1) == (name in ('cartwheel', 'backflip'))
    # No jumps: a twentieth of a second moves no hand by more than half a standing height.
    assert all(np.abs(np.diff(place, axis=0)).max() < 0.5 for place in places.values())
