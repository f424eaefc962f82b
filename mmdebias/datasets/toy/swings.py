"""Eight motions of the whole body, for small pictures; no single frame tells them apart either.

The puppet stands in one pose and its body swings, sideways as the sine of one cyclic phase and up
and down as the sine of another. Every video draws both phases independently and uniformly. A class
gives each of them a rate: none, one or two turns a period, and not none for both. A uniform phase
that moves at a constant rate is uniform at every time, so in each frame of each class the puppet
has the same distribution of places: only the sequence tells how often it swings along which axis.

A limb of three pixels is all that moves in the motions of :mod:`.motions` at 32 pixels; here the
whole actor does. The set is its own time-reverse, and a horizontal flip keeps all labels.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from .motions import Tracks, pose_joints, sample_tracks

# Turns a period, sideways and up and down.
SWINGS = {
    'sideways': (1, 0),
    'sideways_fast': (2, 0),
    'up_and_down': (0, 1),
    'up_and_down_fast': (0, 2),
    'both': (1, 1),
    'both_up_and_down_fast': (1, 2),
    'both_sideways_fast': (2, 1),
    'both_fast': (2, 2),
}
# Phases of a puppet that stands with its arms a little off its body and faces right: the way that
# it faces, if drawn, would tell half of the videos from the others in a still frame.
POSE = dict(arms=0.08, gait=0.1, path=0.25, jump=0.9, bow=0.93)
AMPLITUDE = (0.1, 0.14)
# Middles of the swings, as shares of the frame's width and height.
MIDDLE_X, MIDDLE_Y = (0.45, 0.55), (0.47, 0.53)


def sample_swing(
    label: int,
    frames: int,
    rng: np.random.Generator,
    actor_size: tuple[float, float] = (0.5, 0.6),
    period: tuple[float, float] = (16.0, 24.0),
    aspect: float = 1.0,
) -> tuple[Tracks, np.ndarray]:
    """Draw the motion of one video.

    Args:
        label: Index of a class in ``SWINGS``; it decides the rates, and no draw.
        frames: Number of frames, T.
        rng: Source of the draws.
        actor_size: Range of the standing height, as a share of frame height.
        period: Range of the length of a slow swing, in frames; a fast one takes half as many.
        aspect: Frame width over frame height.

    Returns:
        The tracks of a puppet that stands, and the places of its trunk's middle, [T, 2] as (x, y)
        in frame heights.
    """
    # Size and idle sway are drawn as for the other motions.
    tracks = sample_tracks(0, frames, rng, actor_size, period, aspect)
    still: dict[str, Any] = {name: np.full(frames, phase) for name, phase in POSE.items()}
    tracks = dataclasses.replace(tracks, **still)
    rates = np.array(list(SWINGS.values())[label])
    turns = rng.uniform(size=2) + rates * np.arange(frames)[:, None] / rng.uniform(*period)
    middle = np.array([rng.uniform(*MIDDLE_X) * aspect, rng.uniform(*MIDDLE_Y)])
    return tracks, middle + rng.uniform(*AMPLITUDE) * np.sin(2 * np.pi * turns)


def swing_joints(
    tracks: Tracks, places: np.ndarray, aspect: float = 1.0
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Place the puppet's joints in the frame.

    Args:
        tracks: Of a puppet that stands.
        places: Of its trunk's middle, [T, 2].
        aspect: Frame width over frame height.

    Returns:
        As :func:`.motions.pose_joints`: joint positions by name, each [T, 2], and the facing [T].
    """
    joints, facing = pose_joints(tracks, aspect)
    # Where it stands is constant but for the sway, which stays.
    trunk = (joints['hips'][:1] + joints['neck'][:1]) / 2
    return {name: joint - trunk + places for name, joint in joints.items()}, facing
