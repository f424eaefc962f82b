"""A training goes on from what it was, whole and of numbers, or says why not."""

import copy
import math
from types import SimpleNamespace

import pytest
import torch
from mmengine.config import Config
from mmengine.model import BaseModel
from mmengine.optim import OptimWrapper, OptimWrapperDict
from mmengine.runner import Runner
from torch import nn
from torch.optim import SGD, Adagrad, Adam, AdamW, RMSprop

from mmdebias.engine.resumed_state import by_iteration, check_complete, check_optimizer
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
SCHEDULE = dict(last_step=1, _global_step=2, base_values=[0.1], _last_value=[0.1])
HUB = dict(log_scalars=dict(a=1), runtime_info=dict(iter=4), resumed_keys=dict(iter=True))
WHOLE = dict(meta=dict(epoch=1, iter=4), message_hub=HUB, optimizer=dict(state={}),
             param_schedulers=[SCHEDULE])  # fmt: skip


@pytest.mark.parametrize('key', ['meta', 'message_hub', 'optimizer', 'param_schedulers'])
def test_a_file_that_lacks_something_is_refused_by_what_it_lacks(key):
    check_complete(CONFIG, WHOLE, 'a.pth')
    part = {k: v for k, v in WHOLE.items() if k != key}
    lacks = r'meta\.epoch, meta\.iter' if key == 'meta' else key
    with pytest.raises(CheckpointError, match=rf'^a\.pth cannot be resumed: .* lacks {lacks}\.'):
        check_complete(CONFIG, part, 'a.pth')
    with pytest.raises(CheckpointError, match=r'--load-from FILE\) and another --work-dir'):
        check_complete(CONFIG, dict(weights=1), 'a.pth')


@pytest.mark.parametrize('part', sorted(HUB))
def test_a_file_that_lacks_what_any_iteration_leaves_is_refused(part):
    for emptied in (dict(HUB, **{part: {}}), {k: v for k, v in HUB.items() if k != part}):
        spoilt = dict(WHOLE, message_hub=emptied)
        with pytest.raises(CheckpointError, match=rf'lacks message_hub\.{part}\.'):
            check_complete(CONFIG, spoilt, 'a.pth')
    # Before the first of them, and where nothing is kept, there is nothing.
    none = dict(WHOLE, message_hub=dict(HUB, **{part: {}}))
    check_complete(CONFIG, dict(none, meta=dict(epoch=0, iter=0)), 'a.pth')
    quiet = dict(default_hooks=dict(runtime_info=None))
    check_complete(Config(dict(CONFIG.to_dict(), **quiet)), none, 'a.pth')


@pytest.mark.parametrize(
    ('state', 'lacks'),
    [
        ({}, '0'),
        (dict(SCHEDULE, base_values=[]), r'0\.base_values'),
        (dict(base_values=[0.1]), r'0\.last_step, param_schedulers\.0\._global_step'),
    ],
)
def test_a_schedule_without_its_place_is_refused(state, lacks):
    with pytest.raises(CheckpointError, match=rf'lacks param_schedulers\.{lacks}\.'):
        check_complete(CONFIG, dict(WHOLE, param_schedulers=[state]), 'a.pth')


@pytest.mark.parametrize('key', ['base_values', '_last_value'])
@pytest.mark.parametrize('value', [math.nan, math.inf])
def test_a_schedule_that_is_not_finite_is_refused(key, value):
    spoilt = dict(WHOLE, param_schedulers=[dict(SCHEDULE, **{key: [0.1, value]})])
    with pytest.raises(CheckpointError, match=rf'not finite:\n  param_schedulers\.0\.{key} is'):
        check_complete(CONFIG, spoilt, 'a.pth')
    # What waits for a metric has seen none yet, and has no base.
    waits = dict(last_step=1, _global_step=2, best=math.inf, mode_worse=math.inf)
    check_complete(CONFIG, dict(WHOLE, param_schedulers=[waits]), 'a.pth')


def test_schedules_of_several_optimizers_are_told_by_their_names():
    both = dict(WHOLE, optimizer=dict(a={}, b={}), param_schedulers=dict(a=[SCHEDULE], b=[{}]))
    with pytest.raises(CheckpointError, match=r'lacks param_schedulers\.b\.0\.'):
        check_complete(CONFIG, both, 'a.pth')
    with pytest.raises(CheckpointError, match=r'lacks param_schedulers\.b\.'):
        check_complete(CONFIG, dict(both, param_schedulers=dict(a=[SCHEDULE])), 'a.pth')
    whole = dict(both, param_schedulers=dict(a=[SCHEDULE], b=[SCHEDULE]))
    check_complete(CONFIG, whole, 'a.pth')  # one list is for each of them
    each = dict(a=dict(type='StepLR'), b=[dict(type='StepLR'), dict(type='LinearLR')])
    with pytest.raises(CheckpointError, match=r'1 schedule\(s\) for the optimizer b, .*config 2'):
        check_complete(Config(dict(param_scheduler=each)), whole, 'a.pth')


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


@pytest.mark.parametrize('kind', [SGD, Adam, Adagrad, RMSprop])
def test_a_state_of_other_shapes_is_refused(net, kind):
    """PyTorch fails at the first step, with a traceback."""
    given = dict(momentum=0.9) if kind is SGD else {}
    saved = after_a_step(net, kind, **given)
    check_optimizer(optimizer(net, kind, **given), net, saved, 'a.pth')
    kept = saved['optimizer']['state'][2]
    key = next(key for key, value in kept.items() if key != 'step')
    for value, found in ((torch.ones(3, 2), r'is \[3, 2\], not \[1, 2\]'), (None, 'is missing')):
        kept[key] = value
        with pytest.raises(CheckpointError, match=rf'other param.*\n  {key} of 1\.weight {found}'):
            check_optimizer(optimizer(net, kind, **given), net, saved, 'a.pth')


def test_an_optimizer_that_has_lost_what_it_had_is_refused(net):
    def emptied(net, *args, iterations=4, **given):
        saved = dict(after_a_step(net, *args, **given), meta=dict(iter=iterations))
        saved['optimizer']['state'] = {}
        return saved

    for kind, given in ((SGD, dict(momentum=0.9)), (Adam, {}), (Adagrad, {})):
        with pytest.raises(CheckpointError, match=r'optimizer is empty, though .* 4 iterations'):
            check_optimizer(
                optimizer(net, kind, **given), net, emptied(net, kind, **given), 'a.pth'
            )
    # Without momentum SGD keeps nothing.
    check_optimizer(optimizer(net), net, emptied(net), 'a.pth')
    check_optimizer(optimizer(net, Adam), net, emptied(net, Adam, iterations=0), 'a.pth')
    waits = OptimWrapper(Adam(net.parameters(), lr=0.1), accumulative_counts=5)
    check_optimizer(waits, net, emptied(net, Adam), 'a.pth')
    skips = emptied(net, Adam)
    skips['optimizer']['loss_scaler'] = dict(scale=4096.0, _growth_tracker=0)
    check_optimizer(optimizer(net, Adam), net, skips, 'a.pth')


def test_a_parameter_that_has_had_no_gradient_has_no_state(net):
    saved = after_a_step(net, Adam)
    del saved['optimizer']['state'][3]
    check_optimizer(optimizer(net, Adam), net, saved, 'a.pth')


def test_a_scaler_of_losses_that_is_not_finite_is_refused(net):
    saved = after_a_step(net)
    saved['optimizer']['loss_scaler'] = dict(scale=math.nan, _growth_tracker=3)
    with pytest.raises(CheckpointError, match=r'not finite:\n  scale=nan of loss_scaler'):
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

    def run(optimizer, epochs=1, milestones=(5,), batch=2, wrapper=None, schedules=None, **more):
        config = dict(
            model=dict(type='Net'),
            work_dir=str(tmp_path / 'work'),
            train_dataloader=dict(
                batch_size=batch,
                dataset=[dict(x=torch.ones(1))] * 2,
                sampler=dict(type='DefaultSampler', shuffle=False),
                collate_fn=dict(type='default_collate'),
            ),
            train_cfg=dict(by_epoch=True, max_epochs=epochs),
            optim_wrapper=wrapper or dict(optimizer=optimizer),
            param_scheduler=schedules or [dict(type='MultiStepLR', milestones=list(milestones))],
            custom_hooks=[dict(type='SameRunHook')],
            default_scope='mmaction',
            resume=True,
            **more,
        )
        given = {k: v for k, v in config.items() if k != 'model'}
        noted = Config(dict(config, optim_wrapper=None) if wrapper else config)
        runner = Runner(Net(), cfg=noted, experiment_name=f'e{epochs}', **given)
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


def test_a_rate_that_was_scaled_stays_and_that_is_said(train):
    """The log says what it was scaled to for the batch of now, which does not count."""
    scale = dict(auto_scale_lr=dict(enable=True, base_batch_size=4))
    train(dict(type='SGD', lr=0.4), **scale)
    runner, lines = train(dict(type='SGD', lr=0.4), epochs=2, batch=1, **scale)
    assert runner.optim_wrapper.get_lr() == dict(lr=[0.2])
    assert any('its optimizer counts, 0.2, and not 0.1 that --auto-scale' in line for line in lines)
    _, lines = train(dict(type='SGD', lr=0.4), epochs=3, **scale)
    assert not any('--auto-scale-lr' in line for line in lines)


@pytest.mark.parametrize('epochs', [2, 4])
def test_gradients_are_accumulated_where_an_epoch_has_fewer_batches_now(train, epochs):
    """MMEngine counts iterations of the old length up to an end by the new one."""
    wrapper = dict(optimizer=dict(type='SGD', lr=0.1), accumulative_counts=2)
    runner, _ = train(None, wrapper=wrapper, batch=1, epochs=1)
    assert runner.iter == 2
    before = runner.model.net.weight.detach().clone()
    runner, _ = train(None, wrapper=wrapper, batch=2, epochs=epochs)
    assert runner.iter == 1 + epochs
    assert not torch.equal(runner.model.net.weight, before)  # the last step is of what is left


def test_where_a_schedule_by_iteration_ends_with_another_batch_is_said(train):
    cosine = [dict(type='CosineAnnealingLR', T_max=4, end=4, convert_to_iter_based=True)]
    train(dict(type='SGD', lr=0.1), batch=1, epochs=1, schedules=cosine)
    _, lines = train(dict(type='SGD', lr=0.1), batch=2, epochs=4, schedules=cosine)
    (line,) = [line for line in lines if 'CosineAnnealingLR steps' in line]
    assert line.startswith('An epoch has 1 batches now and had 2. ')
    assert 'to iteration 8: it ends with epoch 7 of 4, not with 4.' in line


@pytest.mark.parametrize(('epoch', 'iteration'), [(0, 3), (1, 15)])
def test_of_a_checkpoint_within_an_epoch_nothing_is_said(epoch, iteration):
    cosine = SimpleNamespace(by_epoch=False, end=40)
    loop = SimpleNamespace(dataloader=range(10), epoch=epoch, iter=iteration, max_epochs=4)
    assert by_iteration([cosine], loop) == []


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


class Pair(BaseModel):
    """Two parts, each with an optimiser of its own."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(1, 1), nn.Linear(1, 1)

    def forward(self, x, mode='loss'):
        return dict(loss=(self.a(x) + self.b(x)).square().mean())

    def train_step(self, data, optim_wrapper):
        losses = self(**data)
        for wrapper in optim_wrapper.values():
            wrapper.zero_grad()
        losses['loss'].backward()
        for wrapper in optim_wrapper.values():
            wrapper.step()
        return losses


def test_a_training_of_two_optimizers_is_resumed_and_made_longer(train, monkeypatch):
    monkeypatch.setitem(globals(), 'Net', Pair)

    def both():
        torch.manual_seed(0)
        net = Pair()
        monkeypatch.setitem(globals(), 'Net', lambda: net)
        return OptimWrapperDict(
            a=OptimWrapper(SGD(net.a.parameters(), lr=0.5)),
            b=OptimWrapper(Adam(net.b.parameters(), lr=0.5)),
        )

    train(None, wrapper=both(), epochs=2, milestones=[3])
    runner, lines = train(None, wrapper=both(), epochs=5, milestones=[3])
    assert {k: v[0] for k, v in runner.optim_wrapper.get_lr().items()} == pytest.approx(
        {'a.lr': 0.05, 'b.lr': 0.05}
    )
    assert [schedule[0].end for schedule in runner.param_schedulers.values()] == [5, 5]
    said = [line for line in lines if 'ends with this training, at 5' in line]
    assert [line.split('(')[0] for line in said] == [
        'param_scheduler of a.0 ',
        'param_scheduler of b.0 ',
    ]
