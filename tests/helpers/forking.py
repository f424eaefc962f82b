"""Scripts in processes that have imported PyTorch and mmdebias already, which takes 6 seconds.

A server, one for each process that runs tests, has imported them and done nothing else. A script
runs in a fork of it: it begins as in a new interpreter and leaves nothing behind.
"""

import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
from multiprocessing import forkserver
from pathlib import Path
from unittest import mock

TESTS = Path(__file__).resolve().parents[1]


def start_server():
    """Start the server unless it runs; returns the context of multiprocessing that uses it."""
    context = multiprocessing.get_context('forkserver')
    context.set_forkserver_preload(['mmdebias'])
    # OpenMP reads it when PyTorch is imported.
    with mock.patch.dict(os.environ, OMP_NUM_THREADS='1'):
        forkserver.ensure_running()
    return context


def take_environment(variables):
    """Replace the environment, which in a fork is that of when the server was started."""
    os.environ.clear()
    os.environ.update(variables)


def run_script(words, cwd, variables, timeout=None):
    """Run a Python script.

    Args:
        words: Its file and its arguments.
        cwd: Folder it runs in.
        variables: All of its environment.
        timeout: Seconds.

    Returns:
        ``(exit status, what it printed)``.

    Raises:
        subprocess.TimeoutExpired: it has not ended by then.
    """
    context = start_server()
    with tempfile.NamedTemporaryFile('r', encoding='utf-8') as printed:
        process = context.Process(target=_run, args=(printed.name, words, str(cwd), variables))
        process.start()
        process.join(timeout)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(words, timeout, printed.read())
        return process.exitcode, printed.read()


def _run(printed, words, cwd, variables):
    with open(printed, 'w') as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.chdir(cwd)
    take_environment(variables)
    sys.argv = words
    # As the interpreter sets it, and without what is importable for the tests alone.
    sys.path[:] = [
        str(Path(words[0]).resolve().parent),
        *(path for path in sys.path if path and Path(path) != TESTS),
    ]
    runpy.run_path(words[0], run_name='__main__')
