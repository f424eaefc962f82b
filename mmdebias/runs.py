"""Training and testing from a tool: the project's own commands, shown, logged and resumed."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from mmdebias.checkpoints import newest_checkpoint
from mmdebias.files import read_json, write_text
from mmdebias.processes import BOUND, orderly_end
from mmdebias.weights.reading import CheckpointError

PACKAGE = Path(__file__).resolve().parent
TAIL = 3000  # characters of a log that an error shows
PATIENCE = 60  # seconds: a launcher gives its ranks 30 of them
# OpenMP's threads spin while they wait for one another. With more busy threads than cores they take
# time from the one that they wait for, and a step of training takes a hundred times as long.
QUIET_THREADS = dict(OMP_WAIT_POLICY='PASSIVE')
_running: set[subprocess.Popen] = set()


class ToolError(RuntimeError):
    """One of the project's scripts has failed; the message ends with the end of its log."""


def find_tool(script: str) -> Path:
    """Return the file of a script, such as 'train.py', of a checkout or an installed package.

    Raises:
        FileNotFoundError: there is none.
    """
    for folder in (PACKAGE.parent / 'tools', PACKAGE / '.mim' / 'tools'):
        if (folder / script).is_file():
            return folder / script
    raise FileNotFoundError(f'mmdebias has no tools/{script} here: reinstall it.')


def run_tool(
    script: str,
    arguments: Sequence[object],
    log: str | Path,
    pick: Callable[[str], str | None] | None = None,
    show: bool = True,
) -> None:
    """Run a script of ``tools`` and log its output.

    What it has started ends with this process, whatever ends that: on SIGTERM and Ctrl-C this
    waits until nothing is running any more.

    Args:
        script: Below ``tools``, a .py or .sh.
        arguments: Of its command line.
        log: File that its output is appended to.
        pick: From a line of the output to what is printed of it, or None.
        show: Print the command before it runs.

    Raises:
        ToolError: its exit status is not 0.
    """
    shell = script.endswith('.sh')
    words = [str(find_tool(script)), *map(str, arguments)]
    command = ['bash' if shell else sys.executable, *words]
    if show:
        _print_line(
            f'$ {"bash" if shell else "python"} {shlex.join([f"tools/{script}", *words[1:]])}'
        )
    log = Path(log)
    log.parent.mkdir(parents=True, exist_ok=True)
    with orderly_end(), log.open('a') as file:

        def follow(line: str) -> None:
            file.write(line)
            shown = None if pick is None else pick(line)
            if shown is not None:
                _print_line(shown)

        status = run(command, follow)
    if status:
        raise ToolError(
            f'tools/{script} failed (exit status {status}); its log is {log}. It ends:'
            f'\n{log.read_text()[-TAIL:]}'
        )


def _print_line(text: str) -> None:
    """Print a line at once: print() writes its end apart, and other threads' lines get between."""
    sys.stdout.write(f'{text}\n')
    sys.stdout.flush()


def run(command: list[str], follow: Callable[[str], object]) -> int:
    """Run a command and return its exit status; it ends with this process, whatever ends that.

    Args:
        command: Program and arguments.
        follow: Called with each line that it prints, when it prints it.
    """
    variables = dict(QUIET_THREADS, **os.environ)
    # Launchers start what is called python.
    variables['PATH'] = f'{Path(sys.executable).parent}{os.pathsep}{os.environ.get("PATH", "")}'
    with subprocess.Popen(
        command,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=variables,
        **BOUND,  # a signal to this process alone does not reach its child
    ) as process:
        _running.add(process)
        try:
            for line in process.stdout:
                follow(line)
        except BaseException:
            _end(process)
            raise
        finally:
            _running.discard(process)
    return process.returncode


def end_running() -> None:
    """End what other threads run: a signal interrupts the main thread alone."""
    for process in list(_running):
        _end(process)


def _end(process: subprocess.Popen) -> None:
    """End a process and wait for it; a launcher ends its ranks meanwhile."""
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()


def train(
    config: str | Path,
    work_dir: str | Path,
    options: Sequence[str] = (),
    load_from: str | Path | None = None,
    arguments: Sequence[object] = (),
    gpus: int = 1,
    log: str | Path | None = None,
    **output: Any,
) -> Path:
    """Train by ``tools/train.py``, or go on training where it was interrupted.

    A training that has ended with the same config and options is not run again; with others, such
    as more epochs, it goes on from its last checkpoint.

    Args:
        config: File.
        work_dir: Folder of its checkpoints.
        options: Of ``--cfg-options``.
        load_from: Checkpoint to start from.
        arguments: More of the command line.
        gpus: Processes; more than one go through ``dist_train.sh``.
        log: Default: ``train.log`` of the work directory.
        **output: ``pick`` and ``show`` of :func:`run_tool`.

    Returns:
        The last checkpoint.

    Raises:
        ToolError: the training has failed, or has left no whole checkpoint.
    """
    work_dir = Path(work_dir)
    asked, finished = [str(config), *options], work_dir / 'finished'
    there = _newest(work_dir)
    # An earlier epoch, where the last one is damaged, has not ended.
    if there is not None and read_json(finished) == dict(asked=asked, last=there.name):
        _print_line(f'Reusing {there}')
        return there
    start: list[object] = ['--resume'] if there is not None else []
    if there is None and load_from is not None:
        start = ['--load-from', load_from]  # the parser of options would spoil some paths
    given = ['--work-dir', work_dir, *arguments, *start]
    given += ['--cfg-options', *options] if options else []
    _launch('train', [config], given, gpus, log or work_dir / 'train.log', **output)
    found = _newest(work_dir)
    if found is None:
        raise ToolError(f'The training in {work_dir} has ended without a checkpoint.')
    write_text(finished, json.dumps(dict(asked=asked, last=found.name)))
    return found


def test(
    config: str | Path,
    checkpoint: str | Path,
    work_dir: str | Path,
    options: Sequence[str] = (),
    gpus: int = 1,
    log: str | Path | None = None,
    **output: Any,
) -> dict[str, float]:
    """Test a checkpoint by ``tools/test.py`` and return its metrics.

    Args:
        config: File.
        checkpoint: File.
        work_dir: Folder of the test.
        options: Of ``--cfg-options``.
        gpus: Processes; more than one go through ``dist_test.sh``.
        log: Default: ``test.log`` of the work directory.
        **output: ``pick`` and ``show`` of :func:`run_tool`.

    Raises:
        ToolError: the test has failed.
    """
    work_dir = Path(work_dir)
    given = ['--work-dir', work_dir]
    given += ['--cfg-options', *options] if options else []
    _launch('test', [config, checkpoint], given, gpus, log or work_dir / 'test.log', **output)
    # MMEngine writes the metrics of each run into a folder named by the time.
    latest = max(work_dir.glob('*/*.json'), key=lambda path: path.stat().st_mtime)
    return json.loads(latest.read_text())


def _newest(work_dir: Path) -> Path | None:
    try:
        found, note = newest_checkpoint(work_dir)
    except CheckpointError as error:
        raise ToolError(str(error)) from None
    if note:
        _print_line(note)
    return found


def _launch(
    task: str, files: list, arguments: list, gpus: int, log: str | Path, **output: Any
) -> None:
    if gpus == 1:
        run_tool(f'{task}.py', [*files, *arguments], log, **output)
    else:
        run_tool(f'dist_{task}.sh', [*files, gpus, *arguments], log, **output)
