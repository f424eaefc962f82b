"""Running the command-line tools as a user does, and where things are."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from helpers import forking

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / 'shared'

# Make the toy pre-training configs smaller still, beside the fixture train_options.
PRETRAIN = ['model.neck.in_channels=32', 'model.queue_size=32']


def environment(**more):
    """Variables for a command: its ``python`` is the one that runs the tests."""
    path = f'{os.path.dirname(sys.executable)}:{os.environ["PATH"]}'
    return {**os.environ, 'PATH': path, 'OMP_NUM_THREADS': '1', **more}


def run(command, cwd=ROOT, env=None, check=True, timeout=None):
    """Run a command; returns what it printed. A failure shows its last lines.

    A tool of this project does not import PyTorch and mmdebias once more: see :mod:`forking`.
    """
    command, variables = [str(part) for part in command], environment(**(env or {}))
    if command[0] in ('python', sys.executable) and is_tool(Path(cwd, command[1])):
        status, printed = forking.run_script(command[1:], cwd, variables, timeout)
    else:
        done = subprocess.run(
            command,
            cwd=cwd,
            env=variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout,
        )
        status, printed = done.returncode, done.stdout
    if check and status:
        pytest.fail(f'{command} exited with {status}:\n{printed[-6000:]}')
    return printed


def is_tool(path):
    """Whether a file is one of this project's tools, which begin by importing mmdebias."""
    return path.suffix == '.py' and path.is_relative_to(ROOT / 'tools')


def losses(log):
    """The losses that MMEngine printed, in order."""
    return [float(value) for value in re.findall(r'\bloss: ([\d.]+)', log)]
