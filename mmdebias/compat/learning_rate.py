"""A workaround for ``--auto-scale-lr``, which forgets that gradients may be accumulated."""

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mmengine.optim import OptimWrapper
    from mmengine.runner import Runner


def count_accumulation() -> None:
    """Have ``--auto-scale-lr`` count the batches whose gradients are accumulated, and say the rate.

    mmengine 0.10.7's ``Runner.scale_lr`` compares the batch of one iteration on all ranks with
    ``base_batch_size``. With ``optim_wrapper.accumulative_counts=2`` the optimiser steps on twice
    as many videos, and trained at half the rate in silence.
    """
    from mmengine.optim import OptimWrapperDict
    from mmengine.runner import Runner

    original = Runner.scale_lr
    if hasattr(original, 'mmdebias'):
        return

    @functools.wraps(original)
    def scale_lr(
        self: 'Runner', optim_wrapper: 'OptimWrapper', auto_scale_lr: dict | None = None
    ) -> None:
        original(self, optim_wrapper, auto_scale_lr)
        if not (auto_scale_lr or {}).get('enable', False):
            return
        several = isinstance(optim_wrapper, OptimWrapperDict)
        for wrapper in optim_wrapper.values() if several else [optim_wrapper]:
            _count(self, wrapper, auto_scale_lr['base_batch_size'])

    scale_lr.mmdebias = True
    Runner.scale_lr = scale_lr


def _count(runner: 'Runner', wrapper: 'OptimWrapper', base: int) -> None:
    counts = wrapper._accumulative_counts
    loader = runner._train_dataloader
    batch = loader['batch_size'] if isinstance(loader, dict) else loader.batch_size
    groups = wrapper.optimizer.param_groups
    for group in groups:
        group['lr'] *= counts
    rates = ', '.join(f'{rate:g}' for rate in sorted({group['lr'] for group in groups}))
    runner.logger.info(
        f'The optimiser steps on {runner.world_size * batch * counts} videos ({runner.world_size} '
        f'rank(s) of {batch}, {counts} batch(es) accumulated). The learning rate of the config is '
        f'for {base}: it is {rates} here.'
    )
