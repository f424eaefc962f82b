"""Two processes on a machine without a GPU."""

import contextlib
import socket
import subprocess
import time
from pathlib import Path

import pytest
import torch

from helpers.running import PRETRAIN, ROOT, environment, losses, run


def free_port():
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        return str(free.getsockname()[1])


def running_with(argument):
    """The processes with an argument: a command, its ranks and their workers."""
    found = []
    for process in Path('/proc').glob('[0-9]*'):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if argument in (process / 'cmdline').read_text():
                found.append(process)
    return found


@pytest.mark.slow
def test_two_processes_killed_and_resumed(tmp_path, train_options):
    options = [*train_options, *PRETRAIN, 'train_dataloader.batch_size=2']
    command = ['bash', ROOT / 'tools' / 'dist_train.sh', 'configs/fame/r3d_toy.py', '2']
    work = tmp_path / 'work'
    whole = run([*command, '--work-dir', tmp_path / 'whole', *options], env=dict(PORT=free_port()))
    assert len(losses(whole)) == 4

    first = subprocess.Popen(
        [str(p) for p in (*command, '--work-dir', work, *options, 'train_cfg.max_epochs=50')],
        cwd=ROOT,
        env=environment(PORT=free_port()),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.time() + 300
    while not (work / 'last_checkpoint').exists() and time.time() < deadline:
        assert first.poll() is None, 'the training ended before its first checkpoint'
        time.sleep(0.05)
    # The launcher alone, in the middle of an epoch: its ranks and their workers end by themselves.
    assert len(running_with(str(work))) >= 1 + 2 + 2
    first.kill()
    first.wait()
    deadline = time.time() + 30
    while running_with(str(work)) and time.time() < deadline:
        time.sleep(0.05)
    assert not running_with(str(work))
    for path in work.glob('epoch_*.pth'):  # the first one is whole; later ones may not be
        if path.name != 'epoch_1.pth':
            path.unlink()
    (work / 'last_checkpoint').write_text(str(work / 'epoch_1.pth'))

    second = run([*command, '--work-dir', work, '--resume', *options], env=dict(PORT=free_port()))
    assert 'resumed epoch: 1, ' in second
    assert losses(second) == losses(whole)[2:]
    ends = [torch.load(d / 'epoch_2.pth', weights_only=True) for d in (tmp_path / 'whole', work)]
    assert torch.equal(*(end['state_dict']['queue.features'] for end in ends))


@pytest.mark.slow
def test_triplets_on_two_processes(tmp_path, train_options):
    options = [*train_options, *PRETRAIN[:1], 'train_dataloader.batch_size=2']
    command = ['bash', ROOT / 'tools' / 'dist_train.sh', 'configs/dsm/r3d_toy_triplet.py', '2']
    log = run(
        [*command, '--work-dir', tmp_path / 'work', *options, 'train_cfg.max_epochs=1'],
        env=dict(PORT=free_port()),
    )
    assert len(losses(log)) == 2 and 'Distributed training: True' in log


def test_a_second_start_on_a_machine_is_told_of_the_port():
    with socket.socket() as other:
        other.bind(('', 0))
        other.listen()
        port = other.getsockname()[1]
        command = ['bash', ROOT / 'tools' / 'dist_train.sh', 'config.py', '2']
        shown = run(command, check=False, env=dict(PORT=str(port)))
    last = shown.splitlines()[-1]
    assert last.startswith(f'error: port {port} of this machine is in use')
    assert last.endswith(f'PORT={port + 1} bash tools/dist_train.sh ...')
    assert 'Traceback' not in shown


def test_usage_is_shown_when_arguments_are_missing():
    for script, arguments in (
        ('dist_train.sh', ['config.py']),
        ('dist_test.sh', ['config.py', 'checkpoint.pth']),
        ('slurm_train.sh', ['partition', 'job']),
        ('slurm_test.sh', ['partition', 'job', 'config.py']),
    ):
        shown = run(['bash', ROOT / 'tools' / script, *arguments], check=False)
        assert shown.startswith('Usage: ')
