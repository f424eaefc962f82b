"""Recorded motions of people, read from the installed package ``pybullet``, which holds them.

Nothing of it is copied here and nothing is simulated. A file of ``pybullet_data/data/motions`` is
JSON; a row of its ``Frames`` holds 44 numbers: how long it lasts (s), the pelvis' place (m; y is
up) and rotation, and the joints' rotations, quaternions (w, x, y, z) or, for knees and elbows, the
angle about z (rad). At rest the person looks along x and z is to the person's right.

A recording is played around and around. Its end need not be its start: the person goes back there
in the time that the joint with the longest way needs. Unlike the puppet's motions
(:mod:`.motions`), people's can often be guessed from one frame, as those of real videos can.
"""

from __future__ import annotations

import dataclasses
import importlib
import json
from functools import lru_cache
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation, Slerp

# Eight of the fifteen, as many as there are scene families: for the most part on their feet (one
# frame tells rolling, crawling and getting up) and short enough to be seen in two seconds (``spin``
# takes 4.4). ``spinkick`` and the other dance are much like ``kick`` and this one.
RECORDINGS = ('walk', 'run', 'jump', 'kick', 'punch', 'dance_a', 'cartwheel', 'backflip')
COLUMNS = 44
# First column of each joint's quaternion, and the columns of the joints that have one axis.
BALLS = {
    'hips': 4,
    'chest': 8,
    'neck': 12,
    'hip_right': 16,
    'ankle_right': 21,
    'shoulder_right': 25,
    'hip_left': 30,
    'ankle_left': 35,
    'shoulder_left': 39,
}
HINGES = {'knee_right': 20, 'elbow_right': 29, 'knee_left': 34, 'elbow_left': 43}
# From hip to ankle of the body that the recordings were fitted to, in metres.
LEG = 0.83
# How fast the joint with the longest way goes from a recording's end to its start, in rad/s.
RETURN_RATE = 5.0


@dataclasses.dataclass(frozen=True)
class Recording:
    """One motion; K keys, of which the last is the first once more.

    Attributes:
        times: Of the keys, in seconds from 0, [K].
        height: Of the pelvis, in lengths of the leg, [K]. Where it goes on the ground is left out:
            the camera goes with it.
        turns: Rotation of each joint against the one it hangs on, K each.
    """

    times: np.ndarray
    height: np.ndarray
    turns: dict[str, Rotation]

    @property
    def length(self) -> float:
        """Return the length of a cycle in seconds."""
        return float(self.times[-1])

    def at(self, times: np.ndarray) -> tuple[np.ndarray, dict[str, Rotation]]:
        """Return the pelvis' heights [T] and the joints' rotations, T each, at times in seconds."""
        times = np.asarray(times) % self.length
        turns = {name: Slerp(self.times, turns)(times) for name, turns in self.turns.items()}
        return np.interp(times, self.times, self.height), turns


def motion_folder() -> Path:
    """Return the folder of the motions of the installed package.

    Raises:
        ImportError: the package is not there.
    """
    try:
        package = importlib.import_module('pybullet_data')
    except ImportError as error:
        raise ImportError(
            "motions='mocap' needs the recordings that the package pybullet holds: "
            'pip install mmdebias[mocap]'
        ) from error
    return Path(package.getDataPath()) / 'data' / 'motions'


def _rows(path: Path) -> np.ndarray:
    """Return the rows [K, 44] of a motion file.

    Raises:
        ValueError: it is missing or is no such file; the message names it.
    """
    try:
        rows = np.array(json.loads(path.read_text(encoding='utf-8'))['Frames'], float)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f'{path}: no motion file ({type(error).__name__}: {error}); install pybullet anew, '
            'pip install --force-reinstall mmdebias[mocap]'
        ) from error
    if rows.ndim != 2 or len(rows) < 2 or rows.shape[1] != COLUMNS or not np.isfinite(rows).all():
        raise ValueError(
            f'{path}: Frames of shape {rows.shape}; two or more rows of {COLUMNS} finite numbers '
            'are a motion'
        )
    if not (rows[:-1, 0] > 0).all():
        raise ValueError(f'{path}: a row lasts 0 s or less; only the last one may')
    return rows


def read_recording(path: str | Path) -> Recording:
    """Read a motion file.

    Raises:
        ValueError: it is missing or is no such file; the message names it.
    """
    rows = _rows(Path(path))
    turns = {}
    for name, column in BALLS.items():
        quaternions = rows[:, column : column + 4]
        if not np.linalg.norm(quaternions, axis=1).all():
            raise ValueError(f'{path}: {name} has a quaternion of zeros')
        turns[name] = Rotation.from_quat(np.roll(quaternions, -1, axis=1))
    for name, column in HINGES.items():
        turns[name] = Rotation.from_euler('z', rows[:, column, None])  # SciPy 1.18 wants the axis
    # Back to the start: as fast as the joint with the longest way may turn, and one row at least.
    longest = max((turn[-1].inv() * turn[0]).magnitude() for turn in turns.values())
    back = max(longest / RETURN_RATE, float(np.median(rows[:-1, 0])))
    closed = [*range(len(rows)), 0]
    return Recording(
        times=np.concatenate([[0], np.cumsum([*rows[:-1, 0], back])]),
        height=rows[closed, 2] / LEG,
        turns={name: turn[closed] for name, turn in turns.items()},
    )


@lru_cache(maxsize=len(RECORDINGS))
def _read_once(path: Path) -> Recording:
    return read_recording(path)


def load_recording(name: str) -> Recording:
    """Return a motion of the installed package, read once in each process.

    Args:
        name: One of ``RECORDINGS``, or any other of the package.

    Raises:
        ImportError: the package is not there.
        ValueError: the package does not hold it.
    """
    return _read_once(motion_folder() / f'humanoid3d_{name}.txt')
