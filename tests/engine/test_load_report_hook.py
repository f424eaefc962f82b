from types import SimpleNamespace

import pytest
import torch
from torch import nn

from mmdebias.engine import LoadReportHook


def runner():
    model = nn.ModuleDict(dict(backbone=nn.Linear(2, 3), head=nn.Linear(3, 4)))
    lines = []
    return SimpleNamespace(model=model, logger=SimpleNamespace(info=lines.append), lines=lines)


def test_parts_are_counted_and_what_is_not_used_is_dropped():
    state = {'backbone.weight': torch.zeros(3, 2), 'queue.features': torch.zeros(5, 2)}
    checkpoint = dict(state_dict={f'module.{k}': v for k, v in state.items()})
    training = runner()
    LoadReportHook().after_load_checkpoint(training, checkpoint)
    assert training.lines == [
        'The checkpoint fills 1 of 2 tensors of backbone, 0 of 2 tensors of head; '
        "not used: {'queue': 1}"
    ]
    assert list(checkpoint['state_dict']) == ['module.backbone.weight']


@pytest.mark.parametrize(
    'state',
    [{'encoder.weight': torch.zeros(3, 2)}, {'backbone.weight': torch.zeros(9, 9)}, {}],
    ids=['other names', 'other shapes', 'empty'],
)
def test_checkpoint_of_another_net_stops_the_run(state):
    with pytest.raises(ValueError, match='fits no tensor of the model'):
        LoadReportHook().after_load_checkpoint(runner(), dict(state_dict=state))
