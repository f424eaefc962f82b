"""Running a check on two ranks over gloo, each in a process of its own."""

import os
import socket
import time

import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing as mp

RANKS = 2


def on_two_ranks(function, *arguments, seconds=None):
    """Call ``function(rank, *arguments)``, of a test's own module, on each rank.

    With ``seconds``, ranks that wait for one another beyond them are ended, and the test fails.
    """
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        port = free.getsockname()[1]
    started = mp.spawn(_enter, (port, function, arguments), nprocs=RANKS, join=False)
    end = None if seconds is None else time.monotonic() + seconds
    while not started.join(1):
        if end is not None and time.monotonic() > end:
            for process in started.processes:
                process.kill()
            pytest.fail(f'the two ranks were not done after {seconds} s: one waits for the other')


def _enter(rank, port, function, arguments):
    torch.set_num_threads(1)
    dist.init_process_group(
        'gloo', init_method=f'tcp://127.0.0.1:{port}', rank=rank, world_size=RANKS
    )
    torch.manual_seed(rank)
    function(rank, *arguments)
    dist.barrier()  # a rank that leaves early breaks the other's connection
    dist.destroy_process_group()
    os._exit(0)  # gloo's threads can abort an interpreter that is being taken down
