"""The benchmark of nets: its order of cases, and what it says of those that fail."""

import json
import sys
from types import SimpleNamespace

import pytest
import torch

from helpers.running import ROOT

FOLDER = ROOT / 'tools' / 'benchmark'


def test_out_of_memory_is_caught_and_named(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    import nets

    def full():
        raise torch.cuda.OutOfMemoryError('CUDA out of memory. Tried to allocate 2 GiB\nmore')

    assert nets.attempt(full) == dict(
        failed='out of memory: CUDA out of memory. Tried to allocate 2 GiB'
    )
    assert nets.attempt(dict) == {}

    def no_handle():
        raise RuntimeError('CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate`')

    assert nets.attempt(no_handle)['failed'].startswith('out of memory: CUDA error: CUBLAS')
    others = (
        'CUDNN_STATUS_ALLOC_FAILED',
        'CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED',
        'backend failed: OutOfMemoryError: CUDA out of memory',
        'CUDA error: out of memory',
    )
    assert all(nets.is_out_of_memory(RuntimeError(text)) for text in others)
    assert not nets.is_out_of_memory(RuntimeError('CUDA error: an illegal memory access'))
    assert list(nets.doubled(8, 50)) == [16, 32]


@pytest.fixture
def nets(monkeypatch):
    """The module of the tool, whose cases are noted in ``nets.ran`` and take no time."""
    monkeypatch.syspath_prepend(str(FOLDER))
    import nets

    def run(args, net, mode, batch, **how):
        nets.ran.append((net, mode, batch))
        return dict(mode=mode, clips_a_second=float(len(mode)))

    monkeypatch.setattr(nets, 'run', run)
    nets.ran = []
    return nets


def test_each_item_is_measured_of_the_first_net_before_any_of_the_others(nets, monkeypatch):
    arguments = ['nets.py', '--nets', 'i3d', 'c3d', 'r3d_18', '--batch-size', '2', '--most', '4']
    monkeypatch.setattr(sys, 'argv', [*arguments, '--device', 'cpu'])
    nets.main()
    items = ['float32', 'bfloat16', 'bfloat16, channels last']
    best = items[-1]
    whole = [*((mode, 2) for mode in items), (best, 4), (f'{best}, compiled', 2)]
    assert nets.ran[:5] == [('i3d', *case) for case in whole]
    assert [net for net, *_ in nets.ran[5:11]] == ['c3d'] * 3 + ['r3d_18'] * 3
    assert nets.ran[11:13] == [('c3d', best, 4), ('r3d_18', best, 4)]
    assert nets.ran[13:] == [(net, f'{best}, compiled', 2) for net in ('c3d', 'r3d_18')]
    assert nets.NETS[0] == 'i3d'


def test_the_doublings_of_a_net_end_in_time(nets, monkeypatch, capsys):
    # Before them all; before and after 2 videos, before and after 4, before 8.
    clock = iter([0, 0, 4, 4, 8, 8])
    monkeypatch.setattr(nets, 'time', SimpleNamespace(monotonic=lambda: next(clock)))
    args = SimpleNamespace(batch_size=1, most=64, doubling_seconds=10)
    nets.time_doublings(args, 'i3d', 'bfloat16')
    assert [batch for *_, batch in nets.ran] == [2, 4]
    row = json.loads(capsys.readouterr().out)
    assert row['batch_size'] == 8
    assert row['not_tried'] == 'the doublings of a net may take 10 s'


def test_a_loss_that_is_not_finite_is_a_failure(nets):
    nets.check_loss(torch.tensor(1.5))
    found = nets.attempt(lambda: nets.check_loss(torch.tensor(float('nan'))))
    assert found == dict(failed='FloatingPointError: the loss is nan')


def test_after_an_error_that_cuda_keeps_it_is_said_what_is_missing(monkeypatch, capsys):
    monkeypatch.syspath_prepend(str(FOLDER))
    import nets

    tried = []

    def measure(args, net, batch, **how):
        tried.append(net)
        raise RuntimeError('CUDA error: an illegal memory access was encountered\nmore')

    def synchronize(device):
        raise RuntimeError('CUDA error: an illegal memory access was encountered')

    monkeypatch.setattr(nets, 'measure', measure)
    monkeypatch.setattr(sys, 'argv', ['nets.py', '--nets', 'i3d', 'c3d', '--device', 'cpu'])
    nets.main()  # on a CPU the other cases are tried
    assert tried == ['i3d'] * 3 + ['c3d'] * 3
    capsys.readouterr()

    monkeypatch.setattr(torch.cuda, 'synchronize', synchronize)
    monkeypatch.setattr(nets, 'device_name', str)
    monkeypatch.setattr(sys, 'argv', [*sys.argv[:-1], 'cuda'])
    with pytest.raises(SystemExit) as stopped:
        nets.main()
    assert tried[6:] == ['i3d']
    assert str(stopped.value) == (
        'CUDA no longer works in this process (CUDA error: an illegal memory access was encountered'
        '); not measured therefore: the rest of i3d modes, i3d doublings, i3d compiled, c3d modes, '
        'c3d doublings, c3d compiled'
    )
    assert 'RuntimeError: CUDA error' in capsys.readouterr().out


def test_a_step_chooses_its_kernels_as_a_training_does(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    import nets

    cfg, _ = nets.read_config('r3d_swings', queue_size=32)
    monkeypatch.setattr(torch.backends.cudnn, 'benchmark', False)
    nets.build_step(cfg)
    assert torch.backends.cudnn.benchmark
    cfg.env_cfg.cudnn_benchmark = False
    nets.build_step(cfg)
    assert not torch.backends.cudnn.benchmark
