from types import SimpleNamespace

import pytest
import torch
from mmengine.dataset import ConcatDataset, DefaultSampler, RepeatDataset
from torch.utils.data import DataLoader, Dataset

from mmdebias.engine import EpochSeedHook
from mmdebias.engine.epoch_seed_hook import innermost_datasets


class Videos(Dataset):
    def __len__(self):
        return 4

    def __getitem__(self, index):
        return index

    def set_draw(self, seed, epoch):
        self.draw = seed, epoch


def runner(epoch, seed=3, dataset=None):
    dataset = dataset or Videos()
    loader = DataLoader(dataset, sampler=DefaultSampler(dataset, seed=99))
    return SimpleNamespace(
        seed=seed, epoch=epoch, train_dataloader=loader, _randomness_cfg=dict(diff_rank_seed=True)
    )


def test_sampler_datasets_and_process_are_seeded_by_seed_and_epoch():
    drawn = {}
    for seed, epoch in [(3, 0), (3, 1), (4, 0), (3, 0)]:
        training = runner(epoch, seed)
        EpochSeedHook().before_train_epoch(training)
        assert training.train_dataloader.sampler.seed == seed
        assert training.train_dataloader.dataset.draw == (seed, epoch)
        value = torch.rand(1).item()
        assert drawn.setdefault((seed, epoch), value) == value
    assert len(set(drawn.values())) == 3


def test_first_iteration_starts_anew_whatever_was_drawn_before():
    hook, training = EpochSeedHook(), runner(2)
    values = []
    for draws in (0, 3):
        hook.before_train_epoch(training)
        torch.rand(draws)
        hook.before_train_iter(training, batch_idx=0)
        values.append(torch.rand(1).item())
        hook.before_train_iter(training, batch_idx=1)
        assert torch.rand(1).item() != values[-1]
    assert values[0] == values[1]


def test_wrapped_datasets_are_found():
    first, second = Videos(), Videos()
    wrapped = RepeatDataset.__new__(RepeatDataset)
    wrapped.dataset = first
    concatenated = ConcatDataset.__new__(ConcatDataset)
    concatenated.datasets = [wrapped, second]
    assert list(innermost_datasets(concatenated)) == [first, second]
    assert list(innermost_datasets(first)) == [first]


def test_an_epoch_without_a_batch_is_refused():
    training = runner(0)
    EpochSeedHook().before_train(training)
    training.train_dataloader = DataLoader(Videos(), batch_size=5, drop_last=True)
    with pytest.raises(ValueError, match=r'holds 4 video\(s\).*batch_size=5'):
        EpochSeedHook().before_train(training)
