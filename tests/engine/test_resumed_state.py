"""A training goes on from what it was, whole and of numbers, or says why not."""

import copy
import math

import pytest
import torch
from mmengine.config import Config
from mmengine.model import BaseModel
from mmengine.optim import OptimWrapper, OptimWrapperDict
from mmengine.runner import Runner
from torch import nn
from torch.optim import SGD, Adam, AdamW

from mmdebias.engine.resumed_state import check_complete, check_optimizer
from mmdebias.weights import CheckpointError


@pytest.fixture
def net():
    return nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))


def optimizer(net, kind=SGD, groups=1, **given):
    parts = [dict(params=part.parameters()) for part in net] if groups == 2 else net.parameters()
    return OptimWrapper(kind(parts, lr=0.1, **given))


def after_a_step(net, *args, **given):
    wrapper = optimizer(net, *args, **given)
    wrapper.update_params(net(torch.ones(1, 2)).sum())
    return dict(optimizer=copy.deepcopy(wrapper.state_dict()))


CONFIG = Config(dict(param_scheduler=[dict(type='MultiStepLR', milestones=[1])]))
WHOLE = dict(meta=dict(epoch=1, iter=4), message_hub=dict(a=1), optimizer=dict(state={}),
             param_schedulers=[dict(last_step=1)])  # fmt: skip


@pytest.mark.parametrize('key', ['meta', 'message_hub', 'optimizer', 'param_schedulers'])
def test_a_file_that_lacks_something_is_refused_by_what_it_lacks(key):
    check_complete(CONFIG, WHOLE, 'a.pth')
    part = {k: v for k, v in WHOLE.items() if k != key}
    lacks = r'meta\.epoch, meta\.iter' if key == 'meta' else key
    with pytest.raises(CheckpointError, match=rf'^a\.pth cannot be resumed: .* lacks {lacks}\.'):
        check_complete(CONFIG, part, 'a.pth')
    with pytest.raises(CheckpointError, match=r'--load-from FILE\) and another --work-dir'):
        check_complete(CONFIG, dict(weights=1), 'a.pth')


def test_a_training_without_schedules_needs_none():
    part = {k: v for k, v in WHOLE.items() if k != 'param_schedulers'}
    check_complete(Config(dict(param_scheduler=None)), part, 'a.pth')
    one = Config(dict(param_scheduler=dict(type='MultiStepLR')))
    check_complete(one, WHOLE, 'a.pth')
    two = Config(dict(param_scheduler=[dict(type='LinearLR'), dict(type='MultiStepLR')]))
    with pytest.raises(CheckpointError, match=r'state of 1 schedule\(s\), .* of the config 2'):
        check_complete(two, WHOLE, 'a.pth')


@pytest.mark.parametrize(
    ('before', 'after', 'lacks'), [(SGD, AdamW, 'betas, eps'), (Adam, SGD, 'dampening')]
)
def test_an_optimizer_of_another_class_is_refused(net, before, after, lacks):
    saved = after_a_step(net, before)
    check_optimizer(optimizer(net, before), net, saved, 'a.pth')
    with pytest.raises(CheckpointError, match=rf'another class than {after.__name__}, .* {lacks}'):
        check_optimizer(optimizer(net, after), net, saved, 'a.pth')


def test_other_numbers_and_older_versions_are_taken(net):
    saved = after_a_step(net, momentum=0.9)
    del saved['optimizer']['param_groups'][0]['fused']  # which PyTorch has had since 2.3
    ours = optimizer(net, momentum=0.5)
    check_optimizer(ours, net, saved, 'a.pth')
    assert ours.param_groups[0]['momentum'] == 0.5  # it is left as it is


def test_groups_of_other_parameters_are_refused(net):
    saved = after_a_step(net)
    with pytest.raises(CheckpointError, match=r'1 group\(s\) of 4 p.* SGD\) 2 group\(s\) of 4 par'):
        check_optimizer(optimizer(net, groups=2), net, saved, 'a.pth')
    net[1].requires_grad_(False)
    ours = OptimWrapper(SGD([p for p in net.parameters() if p.requires_grad], lr=0.1))
    with pytest.raises(CheckpointError, match=r'of 4 parameters, .* of 2 parameters: resume with'):
        check_optimizer(ours, net, saved, 'a.pth')


@pytest.mark.parametrize('value', [math.nan, math.inf])
def test_a_state_that_is_not_finite_is_refused(net, value):
    saved = after_a_step(net, momentum=0.9)
    saved['optimizer']['state'][2]['momentum_buffer'][0, 1] = value
    with pytest.raises(CheckpointError, match=r'not finite:\n  momentum_buffer of 1\.weight\nResu'):
        check_optimizer(optimizer(net, momentum=0.9), net, saved, 'a.pth')
    saved = after_a_step(net)
    saved['optimizer']['param_groups'][0]['lr'] = value
    with pytest.raises(CheckpointError, match=rf'lr={value} of group 0'):
        check_optimizer(optimizer(net), net, saved, 'a.pth')


def test_several_optimizers_are_told_by_their_names(net):
    def both(kind):
        return OptimWrapperDict(a=optimizer(net[:1]), b=optimizer(net[1:], kind))

    saved = dict(optimizer=both(SGD).state_dict())
    check_optimizer(both(SGD), net, saved, 'a.pth')
    with pytest.raises(CheckpointError, match=r'a\.pth: its optimizer b is of another class'):
        check_optimizer(both(Adam), net, saved, 'a.pth')
    with pytest.raises(CheckpointError, match='its optimizers are a, and those of the config a, b'):
        check_optimizer(both(SGD), net, dict(optimizer=dict(a=saved['optimizer']['a'])), 'a.pth')


class Net(BaseModel):
    def __init__(self):
        super().__init__()
        self.net = nn.Linear(1, 1)

    def forward(self, x, mode='loss'):
        return dict(loss=self.net(x).square().mean())


@pytest.fixture
def train(tmp_path):
    """``train(optimizer, epochs, milestones)``: a training that goes on where it can."""

    def run(optimizer, epochs=1, milestones=(5,)):
        config = dict(
            model=dict(type='Net'),
            work_dir=str(tmp_path / 'work'),
            train_dataloader=dict(
                batch_size=2,
                dataset=[dict(x=torch.ones(1))] * 2,
                sampler=dict(type='DefaultSampler', shuffle=False),
                collate_fn=dict(type='default_collate'),
            ),
            train_cfg=dict(by_epoch=True, max_epochs=epochs),
            optim_wrapper=dict(optimizer=optimizer),
            param_scheduler=[dict(type='MultiStepLR', milestones=list(milestones))],
            custom_hooks=[dict(type='SameRunHook')],
            default_scope='mmaction',
            resume=True,
        )
        given = {k: v for k, v in config.items() if k != 'model'}
        runner = Runner(Net(), cfg=Config(config), experiment_name=f'e{epochs}', **given)
        lines = []
        runner.logger.log = lambda level, text, *more: lines.append(text)
        runner.train()
        return runner, lines

    return run


def test_the_numbers_of_the_file_count_and_those_that_differ_are_said(train):
    train(dict(type='SGD', lr=0.5))
    runner, lines = train(dict(type='SGD', lr=0.1), epochs=2, milestones=[7])
    assert runner.optim_wrapper.get_lr() == dict(lr=[0.5])
    (line,) = [line for line in lines if 'counts, not the config' in line]
    assert 'optim_wrapper.optimizer.lr stays 0.5, not 0.1' in line
    assert 'param_scheduler.0.milestones.0 stays 5, not 7' in line
    _, lines = train(dict(type='SGD', lr=0.1), epochs=3, milestones=[7])
    assert not [line for line in lines if 'stays 0.1' in line]


@pytest.mark.parametrize('milestone', [1, 2, 3, 4])
def test_a_training_that_is_made_longer_keeps_to_its_schedule(train, milestone):
    """MMEngine ends a schedule with the training, and keeps that end in the checkpoint."""
    train(dict(type='SGD', lr=0.5), epochs=2, milestones=[milestone])
    runner, lines = train(dict(type='SGD', lr=0.5), epochs=5, milestones=[milestone])
    assert runner.optim_wrapper.get_lr()['lr'] == [pytest.approx(0.05)]
    schedule = runner.param_schedulers[0]
    assert (schedule.last_step, schedule._global_step, schedule.end) == (4, 5, 5)
    assert [
        line
        for line in lines
        if 'param_scheduler.0 (MultiStepLR) ends with this training, at 5' in line
    ]


def test_a_class_of_the_same_numbers_is_another_training(train):
    train(dict(type='Adam', lr=0.5))
    with pytest.raises(CheckpointError, match=r"optimizer\.type is 'Adam' there and 'AdamW' here"):
        train(dict(type='AdamW', lr=0.5), epochs=2)
