"""The eight motions, and why no single frame tells them apart.

The pose of the puppet is a function of four cyclic phases (numbers in [0, 1)):

* ``arms``: both arms turn about the shoulders like the blades of a propeller;
* ``walk``: the gait, together with a place on a path walked to and fro (the puppet faces the way
  the path leads at that place);
* ``jump``: crouch slowly, spring into the air, land, stand;
* ``bow``: bow slowly, rise quickly, stand.

Every video draws *all* phases independently and uniformly. A class picks one phase and a direction:
that phase runs on at a constant rate, forwards or backwards, and the others stay where they were
drawn. Since a uniform cyclic phase that moves at a constant rate is uniform at every time, each
frame of each class shows the same distribution of poses, places and facings: a still frame carries
no information about the class, neither within a pair (the two directions, which are exact
time-reverses of one another) nor between pairs. Only the sequence tells: which part moves gives the
pair, the order or the timing of the poses the member of the pair. (This is exact for the frames
drawn; what the video codec smears after a moving limb is all that is left in a decoded frame.)

Facing left or right is a coin's toss. The two directions of the arms are mirror images of one
another as well: clockwise is meant as the viewer sees it, whichever way the puppet faces. A
horizontal flip swaps these two labels and keeps the others. Everything else that moves (sway,
camera, light) is a sum of sinusoids of random phase, whose time-reverse has the same distribution.
"""

from __future__ import annotations

import dataclasses

import numpy as np

PHASES = ('arms', 'walk', 'jump', 'bow')


@dataclasses.dataclass(frozen=True)
class Motion:
    """A class: the phase that moves and its direction (+1 forwards, -1 backwards in time)."""

    name: str
    phase: str
    direction: int


# Neighbours (0 and 1, 2 and 3, ...) are time-reverses of one another.
MOTIONS = (
    Motion('arms_counterclockwise', 'arms', 1),
    Motion('arms_clockwise', 'arms', -1),
    Motion('walk_forwards', 'walk', 1),
    Motion('walk_backwards', 'walk', -1),
    Motion('crouch_then_jump', 'jump', 1),
    Motion('jump_then_crouch', 'jump', -1),
    Motion('bow_slowly_rise_fast', 'bow', 1),
    Motion('bow_fast_rise_slowly', 'bow', -1),
)
CLASSES = tuple(motion.name for motion in MOTIONS)

# Lengths in standing heights of the puppet.
TORSO, UPPER_ARM, FOREARM, THIGH, SHIN, FOOT = 0.29, 0.17, 0.17, 0.22, 0.2, 0.1
SHOULDER_OUT, HIP_OUT, NECK = 0.12, 0.06, 0.12
# Walking speed: with the legs' swing of 0.5 rad, feet that never slide would travel 0.8 a cycle.
# They may slide a bit, so that turns at the ends of the path stay rare.
STRIDE = 0.5


@dataclasses.dataclass(frozen=True)
class Tracks:
    """Everything about the actor's motion in one video; arrays are [T].

    Attributes:
        arms, gait, path, jump, bow: Phases in cycles, not wrapped.
        sway_x, sway_tilt: Idle sway of the body, in standing heights and radians.
        height: Standing height as a share of frame height.
        ground: Distance of the ground from the frame's top, as a share of frame height.
        path_start, path_range: Left end and length of the path, as shares of frame width.
    """

    arms: np.ndarray
    gait: np.ndarray
    path: np.ndarray
    jump: np.ndarray
    bow: np.ndarray
    sway_x: np.ndarray
    sway_tilt: np.ndarray
    height: float
    ground: float
    path_start: float
    path_range: float


def smooth_signal(rng: np.random.Generator, frames: int, period: tuple[float, float]) -> np.ndarray:
    """Return a slow random signal [T] within [-1, 1]: three sinusoids, periods in frames."""
    rate = 1 / rng.uniform(*period, size=(3, 1))
    phase = rng.uniform(size=(3, 1))
    return np.sin(2 * np.pi * (rate * np.arange(frames) + phase)).mean(0)


def sample_tracks(
    label: int,
    frames: int,
    rng: np.random.Generator,
    actor_size: tuple[float, float] = (0.72, 0.84),
    period: tuple[float, float] = (16.0, 24.0),
    aspect: float = 1.0,
) -> Tracks:
    """Draw the motion of one video.

    Args:
        label: Class index; it decides which phase moves and its direction, and no draw.
        frames: Number of frames, T.
        rng: Source of the draws.
        actor_size: Range of the standing height, as a share of frame height.
        period: Range of the cycle's length, in frames.
        aspect: Frame width over frame height.
    """
    motion = MOTIONS[label]
    start = dict(zip(('arms', 'gait', 'path', 'jump', 'bow'), rng.uniform(size=5)))
    step = motion.direction / rng.uniform(*period)
    height = rng.uniform(*actor_size)
    path_range = rng.uniform(0.3, 0.45)
    # A path there and back is 2 * path_range frame widths long.
    path_step = step * STRIDE * height / aspect / (2 * path_range)
    steps = dict.fromkeys(start, 0.0)
    if motion.phase == 'walk':
        steps.update(gait=step, path=path_step)
    else:
        steps[motion.phase] = step
    time = np.arange(frames)
    return Tracks(
        **{name: start[name] + steps[name] * time for name in start},
        sway_x=0.012 * smooth_signal(rng, frames, (12, 40)),
        sway_tilt=0.05 * smooth_signal(rng, frames, (12, 40)),
        height=height,
        ground=rng.uniform(0.9, 0.96),
        path_start=rng.uniform(0.25, 0.75 - path_range),
        path_range=path_range,
    )


def _ease(phase: np.ndarray, start: float, end: float) -> np.ndarray:
    """Smooth step from 0 at ``start`` to 1 at ``end``."""
    ramp = np.clip((phase - start) / (end - start), 0, 1)
    return ramp * ramp * (3 - 2 * ramp)


def _crouch_and_flight(phase: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Crouch (0 to 1) and height of the flight (0 to 1) of the jump's phase."""
    phase = phase % 1
    crouch = _ease(phase, 0, 0.36) - _ease(phase, 0.36, 0.48)
    air = np.clip((phase - 0.45) / 0.33, 0, 1)
    return crouch, 4 * air * (1 - air)


def _bow_angle(phase: np.ndarray) -> np.ndarray:
    """Return the angle of the trunk in radians, forwards, from the bow's phase."""
    phase = phase % 1
    return 1.1 * (_ease(phase, 0, 0.65) - _ease(phase, 0.65, 0.85))


def _towards(angle: np.ndarray) -> np.ndarray:
    """Return the unit vectors [..., 2] at ``angle`` from straight down, towards +x."""
    return np.stack([np.sin(angle), -np.cos(angle)], -1)


def _legs(tracks: Tracks, crouch: np.ndarray) -> dict[str, np.ndarray]:
    """Return the leg joints relative to the middle of the hips."""
    joints = {}
    for side, (name, half) in enumerate((('near', 0.0), ('far', 0.5))):
        cycle = 2 * np.pi * (tracks.gait + half)
        thigh = 0.5 * np.sin(cycle) * (1 - 0.25 * crouch) + 0.95 * crouch
        # The leg that swings forwards bends its knee: this is what turns a gait around in time.
        knee = 0.08 + 0.85 * np.clip(np.cos(cycle), 0, None) ** 1.5 * (1 - 0.4 * crouch)
        knee += 1.75 * crouch
        hip = np.zeros((*thigh.shape, 2))
        hip[..., 0] = HIP_OUT * (1 - 2 * side)
        joints[f'hip_{name}'] = hip
        joints[f'knee_{name}'] = hip + THIGH * _towards(thigh)
        shin = thigh - knee
        joints[f'ankle_{name}'] = joints[f'knee_{name}'] + SHIN * _towards(shin)
        # Feet point ahead and follow the shin half-way.
        joints[f'toe_{name}'] = joints[f'ankle_{name}'] + FOOT * _towards(np.pi / 2 + 0.5 * shin)
    return joints


def _upper_body(tracks: Tracks, tilt: np.ndarray, facing: np.ndarray) -> dict[str, np.ndarray]:
    """Return the joints above the hips, relative to the middle of the hips."""
    up = -_towards(-tilt)
    out = np.stack([up[..., 1], -up[..., 0]], -1)
    joints = {'neck': TORSO * up, 'head': (TORSO + NECK) * up, 'crown': (TORSO + 2 * NECK) * up}
    # The body is mirrored where it faces left; the arms turn the same way for the viewer.
    angle = facing * 2 * np.pi * tracks.arms
    for side, name in ((1, 'near'), (-1, 'far')):
        shoulder = (TORSO - 0.02) * up + side * SHOULDER_OUT * out
        # The arms point opposite ways, and swing along a little with the legs.
        swing = 0.25 * side * np.sin(2 * np.pi * tracks.gait)
        upper = angle + np.pi * (side < 0) - tilt + swing
        joints[f'shoulder_{name}'] = shoulder
        joints[f'elbow_{name}'] = shoulder + UPPER_ARM * _towards(upper)
        hand = FOREARM * _towards(upper + side * 0.3)
        joints[f'hand_{name}'] = joints[f'elbow_{name}'] + hand
    return joints


def pose_joints(tracks: Tracks, aspect: float = 1.0) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Place the puppet's joints in the frame.

    Args:
        tracks: Motion of one video.
        aspect: Frame width over frame height.

    Returns:
        Joint positions by name, each [T, 2] as (x, y) in frame heights from the top left corner,
        and the facing [T], +1 for right and -1 for left.
    """
    crouch, flight = _crouch_and_flight(tracks.jump)
    legs = _legs(tracks, crouch)
    # A body that crouches leans forwards to keep its balance.
    tilt = _bow_angle(tracks.bow) + 0.3 * crouch + tracks.sway_tilt
    path = tracks.path % 1
    facing = np.where(path < 0.5, 1.0, -1.0)
    upper = _upper_body(tracks, tilt, facing)
    joints = {'hips': np.zeros_like(legs['hip_near']), **legs, **upper}
    # The lower foot stands on the ground, unless the puppet flies.
    soles = [legs[name][..., 1] for name in ('ankle_near', 'ankle_far', 'toe_near', 'toe_far')]
    hip_height = 0.03 - np.min(soles, axis=0) + 0.16 * flight

    along = 1 - np.abs(2 * path - 1)
    place = (tracks.path_start + tracks.path_range * along) * aspect
    placed = {}
    for name, joint in joints.items():
        x = place + facing * (joint[..., 0] + tracks.sway_x) * tracks.height
        y = tracks.ground - (joint[..., 1] + hip_height) * tracks.height
        placed[name] = np.stack([x, y], -1)
    return placed, facing
