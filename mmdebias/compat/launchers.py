"""Workarounds for ``tools/dist_train.sh CONFIG 2``: gloo without a GPU, no rank left over."""

import contextlib
import functools
import os
from collections.abc import Callable, Iterator
from typing import Any

import torch

from mmdebias.processes import end_with_parent

LAUNCHERS = ('_init_dist_pytorch', '_init_dist_slurm', '_init_dist_mpi')
LAUNCHER = 'MMDEBIAS_LAUNCHER'  # the number of tools/launch.py's process, in its ranks


def _has_accelerator() -> bool:
    from mmengine.device import get_device

    return torch.cuda.is_available() or get_device() in ('npu', 'mlu', 'musa', 'dipu')


@contextlib.contextmanager
def _no_cuda_device_to_set() -> Iterator[None]:
    """Make ``torch.cuda.set_device`` do nothing while a launcher runs."""
    original = torch.cuda.set_device
    torch.cuda.set_device = lambda device: None
    try:
        yield
    finally:
        torch.cuda.set_device = original


def _fill_local_rank(launcher: str) -> None:
    """Set the local rank that upstream divides by no GPUs (Slurm) or forgets (MPI)."""
    env = os.environ
    if launcher == '_init_dist_slurm' and 'SLURM_LOCALID' not in env:
        tasks_per_node = int(env.get('SLURM_NTASKS_PER_NODE', env['SLURM_NTASKS']))
        env['SLURM_LOCALID'] = str(int(env['SLURM_PROCID']) % tasks_per_node)
    elif launcher == '_init_dist_mpi':
        env.setdefault('LOCAL_RANK', env['OMPI_COMM_WORLD_LOCAL_RANK'])


def _on_cpu_if_need_be(launcher: Callable) -> Callable:
    @functools.wraps(launcher)
    def init_dist(backend: str, *args: Any, **kwargs: Any) -> None:
        if 'TORCHELASTIC_RUN_ID' in os.environ:
            started_by = os.environ.pop(LAUNCHER, None)  # not for what a rank may start
            end_with_parent(parent=int(started_by) if started_by else None)
        if _has_accelerator():
            return launcher(backend, *args, **kwargs)
        _fill_local_rank(launcher.__name__)
        with _no_cuda_device_to_set():
            return launcher('gloo' if backend in ('nccl', 'smddp') else backend, *args, **kwargs)

    init_dist.mmdebias = True
    return init_dist


def launch_without_gpu() -> None:
    """Let the launchers pytorch, slurm and mpi start a gloo group where there is no accelerator.

    mmengine 0.10.7's ``init_dist`` calls ``torch.cuda.set_device`` whatever the machine, and
    MMAction2's default runtime asks for the backend nccl. With any accelerator MMEngine knows, its
    own code runs untouched.

    torch 2.13.0's ``torchrun`` stops its ranks when it is told to stop, but those of one that was
    killed go on, and may write for hours: each is bound to it here.
    """
    from mmengine.dist import utils

    for name in LAUNCHERS:
        launcher = getattr(utils, name, None)
        if launcher is not None and not hasattr(launcher, 'mmdebias'):
            setattr(utils, name, _on_cpu_if_need_be(launcher))


def wrap_models_on_cpu() -> None:
    """Give DistributedDataParallel no device ids for a model on the CPU.

    mmengine 0.10.7's ``Runner.wrap_model`` always passes ``device_ids=[LOCAL_RANK]``, which DDP
    refuses for a CPU model: only calls that would have failed change.
    """
    from mmengine.model import MMDistributedDataParallel

    original = MMDistributedDataParallel.__init__
    if hasattr(original, 'mmdebias'):
        return

    @functools.wraps(original)
    def __init__(
        self: MMDistributedDataParallel, module: torch.nn.Module, *args: Any, **kwargs: Any
    ) -> None:
        if all(parameter.device.type == 'cpu' for parameter in module.parameters()):
            kwargs.update(device_ids=None, output_device=None)
        original(self, module, *args, **kwargs)

    __init__.mmdebias = True
    MMDistributedDataParallel.__init__ = __init__
