"""Epochs that draw the same random numbers whether or not training was interrupted."""

from collections.abc import Iterator

from mmaction.registry import HOOKS
from mmengine.dist import get_rank
from mmengine.hooks import Hook
from mmengine.runner import Runner
from torch.utils.data import Dataset

from mmdebias.datasets.seeding import derive_seed, seed_everything


@HOOKS.register_module()
class EpochSeedHook(Hook):
    """Derive all randomness of an epoch from (seed, epoch), and of a sample from its index too.

    MMEngine seeds once, at the start: a resumed run draws other crops, backgrounds and orders than
    an uninterrupted one, and the number of workers changes them as well. With this hook the
    sampler's order, the draws of ``TolerantVideoDataset`` and those on the model's device (each
    rank its own) start anew at each epoch.
    """

    # Before DistSamplerSeedHook, which tells the sampler the epoch.
    priority = 'ABOVE_NORMAL'

    def before_train(self, runner: Runner) -> None:
        """Refuse a list of which ``drop_last`` would leave nothing.

        Raises:
            ValueError: an epoch without an iteration, which would train nothing in silence.
        """
        dataloader = runner.train_dataloader
        if len(dataloader) == 0:
            raise ValueError(
                f'The training set holds {len(dataloader.dataset)} video(s), fewer than one batch '
                f'on every rank: lower train_dataloader.batch_size={dataloader.batch_size}, or set '
                'train_dataloader.drop_last=False.'
            )

    def before_train_epoch(self, runner: Runner) -> None:
        """Seed the sampler, the datasets and this process."""
        seed = self._shared_seed(runner)
        dataloader = runner.train_dataloader
        # Under diff_rank_seed MMEngine draws the sampler's seed by itself, once a start.
        for sampler in (dataloader.sampler, getattr(dataloader.batch_sampler, 'sampler', None)):
            if hasattr(sampler, 'seed'):
                sampler.seed = seed
        for dataset in innermost_datasets(dataloader.dataset):
            if hasattr(dataset, 'set_draw'):
                dataset.set_draw(seed, runner.epoch)
        seed_everything(derive_seed(seed, runner.epoch, get_rank()))

    def before_train_iter(
        self, runner: Runner, batch_idx: int, data_batch: dict | None = None
    ) -> None:
        """Seed this process again at the first iteration.

        Starting the loader's workers has drawn a number meanwhile; going on with workers that
        persist has not.
        """
        if batch_idx == 0:
            seed_everything(derive_seed(self._shared_seed(runner), runner.epoch, get_rank()))

    def _shared_seed(self, runner: Runner) -> int:
        """Return the seed without the rank that MMEngine adds to it under diff_rank_seed."""
        return runner.seed - get_rank() * bool(runner._randomness_cfg.get('diff_rank_seed'))


def innermost_datasets(dataset: Dataset) -> Iterator[Dataset]:
    """Yield the innermost datasets below wrappers such as ConcatDataset or RepeatDataset."""
    inner = getattr(dataset, 'datasets', None) or [getattr(dataset, 'dataset', None)]
    if inner == [None]:
        yield dataset
        return
    for part in inner:
        yield from innermost_datasets(part)
