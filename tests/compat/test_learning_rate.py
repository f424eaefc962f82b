"""--auto-scale-lr counts accumulated batches."""

from types import SimpleNamespace

import pytest
import torch
from mmengine.optim import OptimWrapper
from mmengine.runner import Runner


@pytest.mark.parametrize(('counts', 'rate'), [(1, 0.05), (2, 0.1), (8, 0.4)])
@pytest.mark.parametrize('built', [True, False])
def test_the_rate_is_that_of_what_the_optimiser_steps_on(counts, rate, built):
    said = []
    loader = dict(batch_size=16)
    runner = SimpleNamespace(
        _train_dataloader=torch.utils.data.DataLoader([0], **loader) if built else loader,
        world_size=2,
        param_schedulers=[],
        logger=SimpleNamespace(info=said.append),
    )
    weights = [torch.nn.Parameter(torch.ones(1)) for _ in range(2)]
    groups = [dict(params=weights[:1]), dict(params=weights[1:], lr=0.2)]
    optimizer = torch.optim.SGD(groups, lr=0.1)
    wrapper = OptimWrapper(optimizer, accumulative_counts=counts)

    Runner.scale_lr(runner, wrapper, dict(enable=True, base_batch_size=64))

    assert [group['lr'] for group in optimizer.param_groups] == pytest.approx([rate, 2 * rate])
    assert f'steps on {32 * counts} videos (2 rank(s) of 16, {counts} batch' in said[-1]
    assert said[-1].endswith(f'for 64: it is {rate:g}, {2 * rate:g} here.')


def test_without_the_option_nothing_is_said_or_done():
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=0.1)
    wrapper = OptimWrapper(optimizer, accumulative_counts=2)
    for option in (None, dict(enable=False, base_batch_size=64)):
        Runner.scale_lr(None, wrapper, option)
    assert optimizer.param_groups[0]['lr'] == 0.1
