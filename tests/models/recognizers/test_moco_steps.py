"""Training steps of MoCo beside a slow, obvious version with one backward pass of the mean."""

import copy
from contextlib import contextmanager

import pytest
import torch
from mmaction.registry import MODELS
from mmengine.optim import OptimWrapper
from mmengine.registry import init_default_scope
from torch import nn
from torch.distributed.algorithms.ddp_comm_hooks.default_hooks import allreduce_hook
from torch.nn.parallel import DistributedDataParallel

from helpers.two_ranks import on_two_ranks
from mmdebias.models.recognizers import MoCoRecognizer
from mmdebias.ops import info_nce

PAIRS = (('query', 'key'), ('key', 'query'))


@MODELS.register_module(force=True)
class FewConvolutions(nn.Sequential):
    def __init__(self):
        super().__init__(
            nn.Conv3d(3, 6, 3, stride=2), nn.BatchNorm3d(6), nn.Tanh(), nn.Conv3d(6, 8, 3, stride=2)
        )


class OneBackward(MoCoRecognizer):
    """Both directions' graphs and a copy of the queue are kept until the backward pass."""

    def loss(self, inputs, data_samples=None):
        if self._query_encoder_has_moved():
            self.momentum_encoder.update_parameters(self.encoder())
        queue = self.queue.features.clone()
        losses, keys = [], []
        for query_view, key_view in PAIRS:
            with torch.no_grad():
                keys.append(self.momentum_encoder(inputs[key_view]))
            query = self.neck(self.backbone(inputs[query_view]))
            losses.append(info_nce(query, keys[-1], queue, 0.1))
        for both_ranks in keys:
            self.queue.enqueue(gathered(both_ranks))
        return {'loss_contrast': (losses[0] + losses[1]) / 2}


class Bfloat16(OptimWrapper):
    """AmpOptimWrapper, which wants a GPU."""

    @contextmanager
    def optim_context(self, model):
        with super().optim_context(model), torch.autocast('cpu', torch.bfloat16):
            yield


def gathered(keys):
    if not torch.distributed.is_initialized():
        return keys
    parts = [torch.empty_like(keys) for _ in range(torch.distributed.get_world_size())]
    torch.distributed.all_gather(parts, keys)
    return torch.cat(parts)


def two_models():
    torch.manual_seed(0)
    moco = MODELS.build(
        dict(
            type='MoCoRecognizer',
            backbone=dict(type='FewConvolutions'),
            neck=dict(type='ProjectionNeck', in_channels=8, out_channels=16),
            head=dict(type='InfoNCEHead', temperature=0.1),
            queue_size=64,
            momentum=0.9,
            shuffle_bn=False,
            data_preprocessor=dict(
                type='ViewDataPreprocessor',
                mean=[0.5] * 3,
                std=[0.25] * 3,
                views=dict(query=[], key=[]),
            ),
        )
    ).train()
    slow = copy.deepcopy(moco)
    slow.__class__ = OneBackward
    return moco, slow


def clips(step):
    generator = torch.Generator().manual_seed(step)
    return torch.rand(4, 2, 3, 8, 16, 16, generator=generator)


def train(model, wrapper=OptimWrapper, steps=20, **options):
    optimiser = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    wrapped = wrapper(optimizer=optimiser, **options)
    wrapped.initialize_count_status(model, 0, steps)
    losses = []
    for step in range(steps):
        found = model.train_step(dict(inputs=clips(step)), wrapped)
        losses.append(found['loss_contrast'].item())
    return losses


@pytest.mark.parametrize(
    ('tolerance', 'options'),
    [
        (1e-5, {}),
        (1e-5, dict(accumulative_counts=3)),
        # Late, the two directions' gradients are added in the lower precision.
        (1e-2, dict(wrapper=Bfloat16)),
    ],
)
def test_twenty_steps_have_the_same_losses(tolerance, options):
    moco, slow = two_models()
    found, expected = train(moco, **options), train(slow, **options)
    torch.testing.assert_close(found, expected, rtol=tolerance, atol=0)
    assert len(set(expected)) == 20
    torch.testing.assert_close(
        moco.queue.features, slow.queue.features, rtol=0, atol=10 * tolerance
    )


def test_gradients_of_a_step_are_those_of_the_mean():
    moco, slow = two_models()
    for model in (moco, slow):
        inputs = dict(zip(('query', 'key'), clips(0).unbind(1)))
        model.loss(inputs)['loss_contrast'].backward()
    for ours, theirs in zip(moco.encoder().parameters(), slow.encoder().parameters()):
        torch.testing.assert_close(ours.grad, theirs.grad, rtol=1e-6, atol=1e-6)
    assert moco.backbone[0].weight.grad.abs().max() > 1e-3


def test_the_queue_is_not_copied():
    moco, _ = two_models()
    kept = []
    queue = moco.queue.features
    inputs = dict(zip(('query', 'key'), clips(0).unbind(1)))
    with torch.autograd.graph.saved_tensors_hooks(lambda t: kept.append(t) or t, lambda t: t):
        loss = moco.loss(inputs)['loss_contrast']
    of_its_size = [t for t in kept if t.numel() == queue.numel()]
    assert of_its_size
    assert all(t.data_ptr() == queue.data_ptr() for t in of_its_size)
    loss.backward()  # though the queue has changed


def check_ranks(rank):
    init_default_scope('mmaction')
    found = []
    for model in two_models():
        parallel = DistributedDataParallel(model)
        syncs = []

        def count(state, bucket, syncs=syncs):
            syncs.append(bucket.index())
            return allreduce_hook(None, bucket)

        parallel.register_comm_hook(None, count)
        optimiser = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
        losses = []
        for step in range(5):
            inputs = dict(zip(('query', 'key'), clips(2 * step + rank).unbind(1)))
            loss = parallel(inputs, mode='loss')['loss_contrast']
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
        # Each bucket once a step.
        assert all(syncs.count(bucket) == 5 for bucket in set(syncs))
        gradients = [p.grad for p in model.parameters() if p.grad is not None]
        found.append((losses, gradients, model.queue.features))
    ours, slow = found
    torch.testing.assert_close(ours[0], slow[0], rtol=1e-5, atol=0)
    torch.testing.assert_close(ours[1], slow[1], rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(ours[2], slow[2], rtol=0, atol=1e-5)


def test_two_ranks_synchronise_once_a_step():
    on_two_ranks(check_ranks)
