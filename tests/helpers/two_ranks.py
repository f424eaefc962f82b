"""Running a check on two ranks over gloo, each in a process of its own."""

import os
import tempfile
import time

import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing as mp

from helpers import forking

RANKS = 2


def on_two_ranks(function, *arguments, seconds=None):
    """Call ``function(rank, *arguments)``, of a test's own module, on each rank.

    With ``seconds``, ranks that wait for one another beyond them are ended, and the test fails.
    """
    forking.start_server()
    # They meet in a file: a port that is free now could be another test's by then.
    with tempfile.TemporaryDirectory() as folder:
        meeting = f'file://{folder}/ranks'
        started = mp.start_processes(
            _enter,
            (dict(os.environ), meeting, function, arguments),
            RANKS,
            join=False,
            start_method='forkserver',
        )
        end = None if seconds is None else time.monotonic() + seconds
        while not started.join(1):
            if end is not None and time.monotonic() > end:
                for process in started.processes:
                    process.kill()
                pytest.fail(
                    f'the two ranks are not done after {seconds} s: one waits for the other'
                )


def _enter(rank, variables, meeting, function, arguments):
    forking.take_environment(variables)
    torch.set_num_threads(1)
    dist.init_process_group('gloo', init_method=meeting, rank=rank, world_size=RANKS)
    torch.manual_seed(rank)
    function(rank, *arguments)
    dist.barrier()  # a rank that leaves early breaks the other's connection
    # Gloo's threads can abort an interpreter that is being taken down, and with torch 2.6 a group
    # that is destroyed can wait for one of them for ever.
    os._exit(0)
