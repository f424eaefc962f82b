"""Running a check on two ranks over gloo, each in a process of its own."""

import os
import socket

import torch
import torch.distributed as dist
import torch.multiprocessing as mp

RANKS = 2


def on_two_ranks(function, *arguments):
    """Call ``function(rank, *arguments)``, of a test's own module, on each rank."""
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        port = free.getsockname()[1]
    mp.spawn(_enter, (port, function, arguments), nprocs=RANKS)


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
