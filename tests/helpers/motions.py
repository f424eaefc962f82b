"""A package like pybullet's data, with motion files of our own making."""

import json

import numpy as np

from mmdebias.datasets.toy import RECORDINGS

STILL = [1.0, 0, 0, 0]


def rows(swing=0.0, count=8, seconds=0.1, turned=0.0):
    """Rows of a person who stands and swings both arms up ahead and back, ``swing`` rad at most."""
    found = []
    for number in range(count):
        angle = swing * np.sin(2 * np.pi * number / count)
        arm = [np.cos(angle / 2), 0, 0, np.sin(angle / 2)]  # about the axis to the right
        heading = turned * number / count
        hips = [np.cos(heading / 2), 0, np.sin(heading / 2), 0]
        leg = [*STILL, 0.0, *STILL]
        row = [seconds, 0.3 * number, 0.83, 0.1, *hips, *STILL, *STILL]
        found.append([*row, *leg, *arm, 0.2, *leg, *arm, 0.2])
    return found


def write_package(folder):
    """Write ``pybullet_data`` with one motion for each class; they differ in swing and pace."""
    motions = folder / 'pybullet_data' / 'data' / 'motions'
    motions.mkdir(parents=True)
    init = 'def getDataPath():\n    return __path__[0]\n'
    (folder / 'pybullet_data' / '__init__.py').write_text(init)
    for label, name in enumerate(RECORDINGS):
        frames = rows(0.4 + 0.3 * label, seconds=0.08 + 0.02 * label)
        content = json.dumps({'Loop': 'wrap', 'Frames': frames})
        (motions / f'humanoid3d_{name}.txt').write_text(content)
