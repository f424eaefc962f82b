"""Running the command-line tools as a user does, and where things are."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / 'shared'

# Make the toy pre-training configs smaller still, beside the fixture train_options.
PRETRAIN = ['model.neck.in_channels=32', 'model.queue_size=32']


def environment(**more):
    """Variables for a command: its ``python`` is the one that runs the tests."""
    path = f'{os.path.dirname(sys.executable)}:{os.environ["PATH"]}'
    return {**os.environ, 'PATH': path, 'OMP_NUM_THREADS': '1', **more}


def run(command, cwd=ROOT, env=None, check=True, timeout=None):
    """Run a command; returns what it printed. A failure shows its last lines."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment(**(env or {})),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout,
    )
    if check and done.returncode:
        pytest.fail(f'{command} exited with {done.returncode}:\n{done.stdout[-6000:]}')
    return done.stdout


def losses(log):
    """The losses that MMEngine printed, in order."""
    return [float(value) for value in re.findall(r'\bloss: ([\d.]+)', log)]
