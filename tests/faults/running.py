"""Commands of a campaign of faults: started, killed, and looked for when they should be gone."""

import contextlib
import io
import json
import os
import runpy
import signal
import subprocess
import sys
import time
import traceback
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30  # seconds within which what a command has started must be gone


class Ended(NamedTuple):
    """How a command ended."""

    code: int | None
    """Its exit status; None: it was killed."""
    output: str
    seconds: float
    left: int
    """Processes that were still there ``PATIENCE`` seconds after it."""


def environment(**more):
    """Variables for a command: its ``python`` is this one, and it runs on one thread."""
    path = f'{os.path.dirname(sys.executable)}:{os.environ["PATH"]}'
    python = f'{ROOT}:{os.environ.get("PYTHONPATH", "")}'
    return {**os.environ, 'PATH': path, 'PYTHONPATH': python, 'OMP_NUM_THREADS': '1', **more}


def run(command, work, kill_after=None, when=None, number=signal.SIGKILL, env=None):
    """Run a command; with ``kill_after`` seconds, or ``when(process)`` is true, it is killed.

    Only the command itself gets the signal: what it has started has to end with it.

    Args:
        command: Its words.
        work: A path that its processes have in their command lines.
        kill_after: Seconds.
        when: Called ten times a second, from the number of the process.
        number: The signal.
        env: More variables.
    """
    log = Path(f'{work}.log')
    log.parent.mkdir(parents=True, exist_ok=True)
    begin = time.monotonic()
    with log.open('a+b') as file:
        start = file.seek(0, io.SEEK_END)
        process = subprocess.Popen(
            [str(word) for word in command], cwd=ROOT, env=environment(**(env or {})), stdout=file,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        killed = False
        while process.poll() is None:
            late = kill_after is not None and time.monotonic() - begin > kill_after
            if late or (when is not None and when(process.pid)):
                process.send_signal(number)
                killed = True
                break
            time.sleep(0.1 if kill_after is None else 0.01)
        code = process.wait()
        seconds = time.monotonic() - begin
        left = await_end(work)
        file.seek(start)
        output = file.read().decode(errors='replace')
    return Ended(None if killed else code, output, seconds, left)


def running_with(path):
    """The numbers of the processes that have a path in their command lines."""
    found = []
    for process in Path('/proc').glob('[0-9]*'):
        with contextlib.suppress(OSError):
            if str(path) in (process / 'cmdline').read_text() and process.name != str(os.getpid()):
                found.append(int(process.name))
    return found


def await_end(path):
    """Wait for the processes of a path to end; returns how many did not, which are killed."""
    deadline = time.monotonic() + PATIENCE
    while running_with(path) and time.monotonic() < deadline:
        time.sleep(0.05)
    left = running_with(path)
    for number in left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
    return len(left)


def run_forked(tool, arguments, log, seconds=120, env=None):
    """Run a Python tool in a fork of this process, which has imported what tools import.

    As in a process of its own, but for the seconds of importing.

    Returns:
        Its exit status, None if it took longer, and what it printed.
    """
    number = os.fork()
    if number == 0:
        with open(log, 'wb', buffering=0) as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        sys.stdout, sys.stderr = (io.TextIOWrapper(os.fdopen(fd, 'wb', 0), write_through=True)
                                  for fd in (1, 2))  # fmt: skip
        os.environ.update(environment(**(env or {})))
        os.chdir(ROOT)
        sys.path.insert(0, str((ROOT / 'tools' / tool).parent))
        sys.argv = [tool, *map(str, arguments)]
        os._exit(_exit_status(lambda: runpy.run_path(str(ROOT / 'tools' / tool), None, '__main__')))
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        done, status = os.waitpid(number, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status), Path(log).read_text(errors='replace')
        time.sleep(0.02)
    os.kill(number, signal.SIGKILL)
    os.waitpid(number, 0)
    return None, Path(log).read_text(errors='replace')


def _exit_status(call):
    """What the interpreter makes of an exception at the top, and prints of it."""
    try:
        call()
    except SystemExit as stop:
        if stop.code is None or isinstance(stop.code, int):
            return stop.code or 0
        print(stop.code, file=sys.stderr)
        return 1
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def curve(work):
    """The losses of a training as its logs have them, by iteration; of what ran twice the last."""
    found = {}
    for path in sorted(Path(work).glob('*/vis_data/2*.json')):
        for line in path.read_text().splitlines():
            with contextlib.suppress(ValueError):  # the last line before a kill
                entry = json.loads(line)
                if 'loss' in entry:
                    found[entry['step']] = entry['loss']
    return found
