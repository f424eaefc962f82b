"""Training on several processes without a GPU."""

import pytest
import torch
from mmengine.model import MMDistributedDataParallel

from mmdebias.compat import launchers


def test_two_processes_train_on_cpus(stock, mended, needed):
    if not torch.cuda.is_available():
        # A build for CPUs misses CUDA, one for GPUs an NVIDIA driver.
        said = (stock['launch'] or '').lower()
        needed('cuda' in said or 'nvidia' in said)
    needed('device_ids' in stock['device_ids'])
    assert mended['backend'] == 'gloo' and mended['world_size'] == 2
    assert mended['wrapper'] == 'MMDistributedDataParallel'
    assert mended['set_device'] == 'set_device' and mended['comm_device'] == 'cpu'
    assert mended['same_weights']


def test_helpers_of_mmengine_over_gloo(mended):
    assert mended['all_gather'] == [0, 1]
    assert mended['all_reduce'] == 1.5
    assert mended['all_reduce_params'] == [0.5, 0.5]
    assert mended['all_gather_object'] == [dict(rank=0), dict(rank=1)]
    assert mended['broadcast'] == 5 and mended['broadcast_object_list'] == ['from 0']
    assert mended['collect_results'] == dict(cpu=[0, 1, 2, 3], gpu=[0, 1, 2, 3])
    assert mended['same_seed'] == 1


def test_slurm_and_mpi_over_gloo(mended):
    assert mended['slurm'] == mended['mpi'] == ['gloo', '0']


@pytest.mark.parametrize('tasks_per_node, local', [('2', '1'), (None, '3')])
def test_slurm_local_rank(tasks_per_node, local, monkeypatch):
    env = dict(SLURM_PROCID='3', SLURM_NTASKS='4')
    if tasks_per_node:
        env['SLURM_NTASKS_PER_NODE'] = tasks_per_node
    monkeypatch.setattr(launchers.os, 'environ', env)
    launchers._fill_local_rank('_init_dist_slurm')
    assert env['SLURM_LOCALID'] == local
    launchers._fill_local_rank('_init_dist_pytorch')  # torchrun under Slurm: not its business
    assert 'LOCAL_RANK' not in env


def test_gpu_launch_is_left_alone(monkeypatch):
    seen = []

    def launcher(backend, **kwargs):
        seen.append((backend, kwargs, torch.cuda.set_device))

    monkeypatch.setattr(torch.cuda, 'is_available', lambda: True)
    set_device = torch.cuda.set_device
    launchers._on_cpu_if_need_be(launcher)('nccl', init_backend='torch')
    assert seen == [('nccl', dict(init_backend='torch'), set_device)]


def test_set_device_returns_after_a_failure(monkeypatch):
    def launcher(backend):
        torch.cuda.set_device(7)
        raise KeyError(backend)

    monkeypatch.setattr(torch.cuda, 'is_available', lambda: False)
    set_device = torch.cuda.set_device
    with pytest.raises(KeyError, match='gloo'):
        launchers._on_cpu_if_need_be(launcher)('nccl')
    assert torch.cuda.set_device is set_device


@pytest.mark.parametrize('device, expected', [('cpu', None), ('meta', [0])])
def test_device_ids_of_ddp(device, expected, monkeypatch):
    seen = {}
    parent = MMDistributedDataParallel.__mro__[1]
    monkeypatch.setattr(parent, '__init__', lambda self, module, **kwargs: seen.update(kwargs))
    wrapped = MMDistributedDataParallel.__new__(MMDistributedDataParallel)
    object.__setattr__(wrapped, 'training', False)
    module = torch.nn.Linear(2, 2, device=device)
    arguments = dict(module=module, device_ids=[0], broadcast_buffers=False)
    MMDistributedDataParallel.__init__(wrapped, **arguments)
    assert seen['device_ids'] == expected and seen['broadcast_buffers'] is False


@pytest.mark.parametrize('by_torchrun', [True, False])
def test_a_rank_is_bound_to_torchrun_and_to_no_shell(by_torchrun, monkeypatch):
    bound = []
    monkeypatch.setattr(launchers, 'end_with_parent', lambda parent: bound.append(parent))
    monkeypatch.setenv('MMDEBIAS_LAUNCHER', '7')
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: True)
    monkeypatch.delenv('TORCHELASTIC_RUN_ID', raising=False)
    if by_torchrun:
        monkeypatch.setenv('TORCHELASTIC_RUN_ID', 'none')
    launchers._on_cpu_if_need_be(lambda backend: None)('nccl')
    assert bound == ([7] if by_torchrun else [])
