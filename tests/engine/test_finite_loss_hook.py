"""A training that diverges is stopped, and what it had before is kept."""

import itertools
import math
import re
from types import SimpleNamespace

import pytest
import torch
from mmengine.hooks import Hook
from mmengine.logging import MessageHub
from mmengine.model import BaseModel
from mmengine.runner import BaseLoop, EpochBasedTrainLoop, Runner
from torch import nn

from mmdebias.engine import DivergedError, FiniteLossHook

NUMBER = itertools.count()


@pytest.fixture
def training(tmp_path):
    """A runner after an iteration, as ``RuntimeInfoHook`` leaves it."""
    lines = []
    return SimpleNamespace(
        model=nn.Linear(2, 2),
        work_dir=str(tmp_path),
        epoch=4,
        iter=41,
        message_hub=MessageHub('test_finite_loss_hook'),
        optim_wrapper=SimpleNamespace(get_lr=lambda: dict(lr=[0.5])),
        logger=SimpleNamespace(log=lambda level, text: lines.append(text)),
        lines=lines,
        hooks=[],
    )


def iterate(training, **losses):
    for name, value in losses.items():
        training.message_hub.update_scalar(f'train/{name}', value)
    samples = [SimpleNamespace(metainfo=dict(filename=f'{i}.mp4')) for i in range(2)]
    FiniteLossHook().after_train_iter(training, 1, dict(data_samples=samples), losses)


@pytest.mark.parametrize('value', [math.nan, math.inf])
def test_the_first_loss_that_is_not_finite_stops_the_run(training, tmp_path, value):
    iterate(training, loss=1.0, std=math.nan)  # a number beside the loss may be what it likes
    with pytest.raises(DivergedError) as stop:
        iterate(training, loss=value, loss_contrast=value)
    assert str(stop.value).startswith(
        f'The loss is not finite (loss {value:g}, loss_contrast {value:g}) at iteration 2 of '
        'epoch 5, 42 in all, with lr 0.5. Batch: 0.mp4, 1.mp4. Lower the rate'
    )
    assert 'there is no checkpoint from before' in str(stop.value)
    assert training.lines == [str(stop.value)]
    (tmp_path / 'epoch_4.pth').touch()
    with pytest.raises(DivergedError, match=r'epoch_4\.pth is from before: --resume goes on'):
        iterate(training, loss=value)


def test_weights_that_are_not_finite_are_not_saved(training):
    hook = FiniteLossHook()
    state = dict(state_dict=training.model.state_dict())
    hook.after_train_epoch(training)
    hook.before_save_checkpoint(training, state)
    with torch.no_grad():
        training.model.bias[0] = math.inf
    for save in (
        lambda: hook.after_train_epoch(training),
        lambda: hook.before_save_checkpoint(training, state),
    ):
        with pytest.raises(DivergedError, match=r'1 of 2 tensors .* \(bias\), though the loss was'):
            save()


def test_the_loss_is_read_from_the_log_and_not_from_the_device(training):
    class OnTheDevice:
        """Looked at, it would have the host wait."""

    training.message_hub.update_scalar('train/loss', 1.0)
    FiniteLossHook().after_train_iter(training, 0, {}, dict(loss=OnTheDevice()))


class Diverges(BaseModel):
    """Its loss is the mean of the samples times its weight."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))

    def forward(self, inputs, mode='loss'):
        return dict(loss_mean=(inputs * self.weight).mean())


@pytest.fixture
def runner(tmp_path):
    """``runner(lr, **train_cfg)``: a training of four batches an epoch."""

    def build(lr=0.25, batches=4, saves=None, **train_cfg):
        by_epoch = train_cfg.setdefault('by_epoch', True)
        saves = dict(interval=1, max_keep_ckpts=1, by_epoch=by_epoch, **(saves or {}))
        return Runner(
            Diverges(),
            str(tmp_path),
            train_dataloader=dict(
                batch_size=1,
                dataset=torch.ones(batches, 2),
                sampler=dict(type='DefaultSampler', shuffle=False),
                collate_fn=lambda samples: dict(inputs=torch.stack(samples)),
            ),
            train_cfg=train_cfg,
            optim_wrapper=dict(optimizer=dict(type='SGD', lr=lr)),
            default_hooks=dict(checkpoint=dict(type='CheckpointHook', **saves)),
            custom_hooks=[dict(type='FiniteLossHook')],
            experiment_name=f'diverges_{next(NUMBER)}',
            default_scope='mmaction',
        )

    return build


def kept(folder):
    return [path.name for path in folder.glob('*.pth')]


def test_a_training_stops_and_keeps_the_checkpoints_that_are_good(runner, tmp_path):
    """The third of four batches makes it infinite, after two epochs of good ones."""
    runner = runner(max_epochs=5)

    class Spoil(Hook):
        def before_train_iter(self, runner, batch_idx, data_batch=None):
            if (runner.epoch, batch_idx) == (2, 2):
                data_batch['inputs'].fill_(torch.inf)

    runner.register_hook(Spoil())
    with pytest.raises(DivergedError, match=r'iteration 3 of epoch 3, 11 in all, with lr 0\.25'):
        runner.train()
    assert kept(tmp_path) == ['epoch_2.pth']
    assert (tmp_path / 'last_checkpoint').read_text().endswith('epoch_2.pth')


@pytest.mark.parametrize(
    ('train_cfg', 'good'), [(dict(max_epochs=5), 'epoch_2'), (dict(max_iters=5), 'iter_2')]
)
def test_a_step_that_spoils_the_weights_and_not_its_loss_is_not_saved(
    runner, tmp_path, train_cfg, good
):
    """One batch an epoch: nobody sees the next loss. The older checkpoint is still there."""
    runner = runner(batches=1, by_epoch='max_epochs' in train_cfg, **train_cfg)

    class Spoil(Hook):
        priority = 'VERY_HIGH'

        def after_train_iter(self, runner, batch_idx, data_batch=None, outputs=None):
            if runner.iter == 2:
                with torch.no_grad():
                    runner.model.weight.fill_(torch.nan)

    runner.register_hook(Spoil())
    with pytest.raises(DivergedError, match=rf'{good}\.pth is from before: --resume goes on'):
        runner.train()
    assert kept(tmp_path) == [f'{good}.pth']


def test_the_checkpoint_from_before_is_found_where_the_hook_keeps_it(runner, tmp_path):
    (tmp_path / 'epoch_9.pth').touch()  # of another training
    runner = runner(saves=dict(out_dir=str(tmp_path / 'out'), filename_tmpl='e{}_of_5.pth'),
                    batches=1, max_epochs=5)  # fmt: skip

    class Spoil(Hook):
        def before_train_iter(self, runner, batch_idx, data_batch=None):
            if runner.epoch == 2:
                data_batch['inputs'].fill_(torch.inf)

    runner.register_hook(Spoil())
    there = tmp_path / 'out' / tmp_path.name / 'e2_of_5.pth'
    with pytest.raises(DivergedError, match=f'{re.escape(str(there))} is from before'):
        runner.train()
    assert there.exists()


def test_a_rate_that_makes_the_weights_too_large_saves_nothing(runner, tmp_path):
    """1e38 is finite, and the next loss is not."""
    with pytest.raises(DivergedError, match=r'1 of 1 tensors .* too large .*is no checkpoint'):
        runner(lr=1e38, batches=1, max_epochs=3).train()
    assert not kept(tmp_path)


def test_the_best_checkpoint_is_not_replaced_by_weights_that_are_broken(training):
    training._train_loop = BaseLoop.__new__(EpochBasedTrainLoop)
    FiniteLossHook().before_val(training)
    with torch.no_grad():
        training.model.bias[0] = math.inf
    with pytest.raises(DivergedError, match=r'\(bias\)'):
        FiniteLossHook().before_val(training)
    training._train_loop = dict(max_epochs=1)  # a test
    FiniteLossHook().before_val(training)
