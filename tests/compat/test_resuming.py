"""What a training goes on from, and what it does not write over, through MMEngine's runner."""

import shutil

import pytest
import torch
from mmengine.model import BaseModel
from mmengine.runner import Runner
from torch.utils.data import DataLoader

from mmdebias.weights import CheckpointError


class Net(BaseModel):
    def __init__(self):
        super().__init__()
        self.net = torch.nn.Linear(1, 1)

    def forward(self, x, mode='loss'):
        return dict(loss=self.net(x).square().mean())


def loader():
    return DataLoader([dict(x=torch.ones(1))] * 2, batch_size=2)


@pytest.fixture
def train(tmp_path):
    """``train(folder, epochs, **more)``: a training there; returns the epoch that it began with."""
    count = iter(range(100))

    def run(folder='work', epochs=2, data=None, **more):
        runner = Runner(
            Net(),
            str(tmp_path / folder),
            data or loader(),
            train_cfg=dict(by_epoch=True, max_epochs=epochs),
            optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.1)),
            experiment_name=f'{tmp_path}_{next(count)}',
            default_scope='mmaction',
            log_level='WARNING',
            **more,
        )
        begun = []
        runner.load_or_resume, load = (
            lambda: (load(), begun.append(runner.train_loop.epoch)),
            runner.load_or_resume,
        )
        runner.train()
        return begun[0]

    return run


def checkpoints(folder):
    return {path.name: path.read_bytes() for path in folder.glob('*.pth')}


def test_it_goes_on_without_the_marker_and_in_a_copy(train, tmp_path):
    assert train(resume=True) == 0  # the first start of a job that is always told to resume
    (tmp_path / 'work' / 'last_checkpoint').unlink()
    assert train(epochs=3, resume=True) == 2
    copy = shutil.copytree(tmp_path / 'work', tmp_path / 'copy')
    original = checkpoints(tmp_path / 'work')
    (tmp_path / 'work' / 'epoch_3.pth').write_bytes(b'')
    assert train('copy', epochs=4, resume=True) == 3
    assert set(checkpoints(copy)) == {*original, 'epoch_4.pth'}


def test_it_falls_back_to_a_whole_one_and_says_so(train, tmp_path):
    train()
    (tmp_path / 'work' / 'epoch_2.pth').write_bytes(b'PK half of it')
    assert train(resume=True) == 1
    log = max((tmp_path / 'work').glob('*/*.log'), key=lambda path: path.stat().st_mtime)
    assert 'is cut or damaged: going on from ' in log.read_text()


def test_checkpoints_of_an_earlier_training_are_not_overwritten(train, tmp_path):
    train()
    there = checkpoints(tmp_path / 'work')
    elsewhere = shutil.copy(tmp_path / 'work' / 'epoch_1.pth', tmp_path)
    for more in ({}, dict(load_from=elsewhere), dict(load_from=elsewhere, resume=True)):
        with pytest.raises(CheckpointError, match=r'epoch_1\.pth to epoch_2\.pth, .*--resume'):
            train(data=dict(dataset='that is never built'), **more)
    assert checkpoints(tmp_path / 'work') == there
    for path in (tmp_path / 'work').glob('epoch_*.pth'):
        path.rename(path.with_name(f'best_{path.name}'))
    with pytest.raises(CheckpointError, match=r'best_epoch_1\.pth to best_epoch_2\.pth'):
        train(data=dict(dataset='that is never built'))
    for path in (tmp_path / 'work').glob('best_*.pth'):
        path.rename(path.with_name(path.name.removeprefix('best_')))
    # Its own earlier epoch, and a training that keeps nothing.
    assert train(load_from=str(tmp_path / 'work' / 'epoch_1.pth'), resume=True) == 1
    assert train(default_hooks=dict(checkpoint=None)) == 0


def test_checkpoints_in_a_folder_of_their_own(train, tmp_path):
    hooks = dict(checkpoint=dict(type='CheckpointHook', interval=1, out_dir=str(tmp_path / 'out')))
    assert train(default_hooks=hooks) == 0
    assert set(checkpoints(tmp_path / 'out' / 'work')) == {'epoch_1.pth', 'epoch_2.pth'}
    hooks['checkpoint']['out_dir'] = str(tmp_path / 'out')
    assert train(epochs=3, default_hooks=hooks, resume=True) == 2


def test_checkpoints_of_a_template_are_resumed_and_the_best_is_not(train, tmp_path):
    name = 'e{}_of_9.pth'
    hooks = dict(checkpoint=dict(type='CheckpointHook', interval=1, filename_tmpl=name))
    assert train(default_hooks=hooks) == 0
    work = tmp_path / 'work'
    (work / 'last_checkpoint').unlink()
    shutil.copy(work / 'e1_of_9.pth', work / 'best_acc_epoch_8.pth')
    assert train(epochs=3, default_hooks=hooks, resume=True) == 2
    for path in (*work.glob('e*.pth'), work / 'last_checkpoint'):
        path.unlink()
    # From the beginning it might be overwritten.
    with pytest.raises(CheckpointError, match=r'no checkpoint .* but best_acc_epoch_8\.pth'):
        train(epochs=1, default_hooks=hooks, resume=True)
