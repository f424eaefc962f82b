from types import SimpleNamespace

import pytest
import torch
from mmengine.runner import BaseLoop
from torch import nn

from mmdebias.engine import LoadReportHook
from mmdebias.weights import CheckpointError


class Loop(BaseLoop):
    def __init__(self):
        pass

    def run(self):
        pass


def runner(trains=True, resumes=False):
    backbone = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
    model = nn.ModuleDict(dict(backbone=backbone, head=nn.Linear(3, 4)))
    lines = []
    return SimpleNamespace(
        model=model,
        logger=SimpleNamespace(info=lines.append),
        lines=lines,
        _load_from='a.pth',
        _train_loop=Loop() if trains else dict(),
        _resume=resumes,
    )


def weights_of(training, *parts):
    state = training.model.state_dict()
    return {k: v.clone() for k, v in state.items() if k.startswith(parts)}


def test_parts_are_counted_and_what_is_not_used_is_dropped():
    training = runner()
    state = weights_of(training, 'backbone') | {'queue.features': torch.zeros(5, 2)}
    checkpoint = dict(state_dict={f'module.{k}': v for k, v in state.items()})
    LoadReportHook().after_load_checkpoint(training, checkpoint)
    assert training.lines == [
        'The checkpoint fills 7 of 7 tensors of backbone, 0 of 2 tensors of head; '
        "not used: {'queue': 1}"
    ]
    assert all(name.startswith('module.backbone.') for name in checkpoint['state_dict'])


@pytest.mark.parametrize(
    'state',
    [{'encoder.weight': torch.zeros(3, 2)}, {'backbone.0.weight': torch.zeros(9, 9)}, {}],
    ids=['other names', 'other shapes', 'empty'],
)
def test_checkpoint_of_another_net_stops_the_run(state):
    with pytest.raises(CheckpointError, match='fits no tensor of the model'):
        LoadReportHook().after_load_checkpoint(runner(), dict(state_dict=state))


def half(state):
    state.pop('backbone.0.weight')


def wider(state):
    state['backbone.0.weight'] = torch.zeros(6, 2)


def deeper(state):
    state['backbone.2.weight'] = torch.zeros(3, 3)


def diverged(state):
    state['backbone.0.bias'][1] = torch.nan


@pytest.mark.parametrize(
    ('change', 'fault'),
    [
        (half, r'missing     backbone\.0\.weight \(3, 2\)'),
        (wider, r'other shape backbone\.0\.weight \(6, 2\), wanted \(3, 2\)'),
        (deeper, r'left over   backbone\.2\.weight'),
        (diverged, r'not finite  backbone\.0\.bias'),
    ],
)
def test_less_than_the_whole_encoder_is_an_error_unless_allowed(change, fault):
    training = runner()
    state = weights_of(training, 'backbone', 'head')
    change(state)
    with pytest.raises(CheckpointError, match=rf'a\.pth is not .*:\n  {fault}\n.*allow_partial=Tr'):
        LoadReportHook().after_load_checkpoint(training, dict(state_dict=state))
    LoadReportHook(allow_partial=True).after_load_checkpoint(training, dict(state_dict=state))
    assert 'of 7 tensors of backbone' in training.lines[0]


def test_counters_of_batches_do_not_count():
    training = runner()
    state = weights_of(training, 'backbone')
    state.pop('backbone.1.num_batches_tracked')
    LoadReportHook().after_load_checkpoint(training, dict(state_dict=state))
    assert '6 of 7 tensors of backbone' in training.lines[0]
    assert training.lines[1].startswith('1 counters of batches stay 0')
    # Where nothing but them fits, another net was given.
    counters = {k: v for k, v in weights_of(training, 'backbone').items() if v.ndim == 0}
    with pytest.raises(CheckpointError, match='6 of the 7 tensors of the encoder stay unfilled'):
        LoadReportHook().after_load_checkpoint(training, dict(state_dict=counters))


def test_a_new_head_may_be_trained_and_not_tested():
    for trains in (True, False):
        training = runner(trains)
        checkpoint = dict(state_dict=weights_of(training, 'backbone'))
        if trains:
            LoadReportHook().after_load_checkpoint(training, checkpoint)
        else:
            with pytest.raises(
                CheckpointError, match=r'of the model.*\n  missing     head\.weight'
            ):
                LoadReportHook().after_load_checkpoint(training, checkpoint)


def test_a_resumed_training_is_the_same_net_and_nothing_else():
    training = runner(resumes=True)
    state = weights_of(training, 'backbone', 'head')
    LoadReportHook().after_load_checkpoint(training, dict(state_dict=dict(state)))
    state['queue.features'] = torch.zeros(5, 2)
    # Not to be allowed: momentum and rates would be those of another net.
    with pytest.raises(CheckpointError, match=r'left over   queue\.features\n.*another --work-dir'):
        LoadReportHook(allow_partial=True).after_load_checkpoint(training, dict(state_dict=state))
