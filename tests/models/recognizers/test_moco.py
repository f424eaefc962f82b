import copy
from itertools import pairwise

import pytest
import torch
from mmaction.registry import MODELS
from mmengine.optim import OptimWrapper

from mmdebias.models.recognizers import moco as moco_module
from mmdebias.ops import info_nce

TINY_RESNET = dict(
    type='ResNet3d',
    depth=18,
    pretrained=None,
    pretrained2d=False,
    base_channels=4,
    norm_eval=False,
    zero_init_residual=False,
)
VIEWS = dict(
    type='ViewDataPreprocessor',
    mean=[0.5] * 3,
    std=[0.25] * 3,
    views=dict(query=[], key=[], negative=[]),
)


def model(backbone=TINY_RESNET, channels=32, **kwargs):
    settings = dict(
        type='MoCoRecognizer',
        backbone=backbone,
        neck=dict(type='ProjectionNeck', in_channels=channels, out_channels=16),
        head=dict(type='InfoNCEHead', temperature=0.1),
        queue_size=12,
        momentum=0.9,
        data_preprocessor=VIEWS,
    )
    built = MODELS.build({**copy.deepcopy(settings), **copy.deepcopy(kwargs)})
    built.init_weights()
    return built


def views(n=4, frames=4, size=32):
    shape = (n, 3, frames, size, size)
    return {view: torch.randn(shape) for view in ('query', 'key', 'negative')}


def test_key_encoder_starts_as_the_query_encoder_and_follows_slowly():
    moco, clips = model(), views()
    moco.loss(clips)
    query, key = moco.encoder(), moco.momentum_encoder.module
    for ours, theirs in zip(query.parameters(), key.parameters()):
        assert torch.equal(ours, theirs) and not theirs.requires_grad
    before = copy.deepcopy(key.state_dict())
    with torch.no_grad():
        for parameter in query.parameters():
            parameter += 1
    moco.loss(clips)
    for name, parameter in key.named_parameters():
        expected = 0.9 * before[name] + 0.1 * query.state_dict()[name]
        torch.testing.assert_close(parameter, expected)


class PastAutograd(torch.optim.SGD):
    """An optimiser of the older kind, whose steps autograd does not count."""

    def step(self, closure=None):
        with torch.no_grad():
            for group in self.param_groups:
                for parameter in group['params']:
                    if parameter.grad is not None:
                        parameter.data.add_(parameter.grad, alpha=-group['lr'])


@pytest.mark.parametrize('optimiser', [torch.optim.SGD, torch.optim.AdamW, PastAutograd])
@pytest.mark.parametrize('accumulate', [1, 3])
def test_key_encoder_follows_once_a_step_of_the_optimiser(optimiser, accumulate):
    moco = model(symmetric=False).train()
    wrapper = OptimWrapper(optimiser(moco.parameters(), lr=0.1), accumulative_counts=accumulate)
    wrapper.initialize_count_status(moco, 0, 6)
    batch = dict(inputs=torch.rand(2, 3, 3, 4, 32, 32))
    query, key = moco.encoder(), moco.momentum_encoder.module
    moco.momentum_encoder.update_parameters(query)  # the first update copies
    states = []
    for _ in range(6):
        before = [p.clone() for p in query.parameters()], [p.clone() for p in key.parameters()]
        moco.train_step(batch, wrapper)
        states.append(before)
        for old_query, old_key, new in zip(*before, key.parameters()):
            # The first of a cycle takes a tenth of what the step before has made of the query.
            first = (len(states) - 1) % accumulate == 0
            expected = 0.9 * old_key + 0.1 * old_query if first else old_key
            torch.testing.assert_close(new, expected)
    moved = sum(not torch.equal(a[0][0], b[0][0]) for a, b in pairwise(states))
    assert moved == (6 - 1) // accumulate  # the optimiser did step, k times as rarely
    assert moco.queue.position == 6 * 2 % 12


def test_symmetric_loss_is_the_mean_of_both_directions_before_any_key_is_queued():
    moco, clips = model(), views()
    moco.train()
    queue = moco.queue.features.clone()
    twin = copy.deepcopy(moco)
    loss = moco.loss(clips)['loss_contrast']

    twin.momentum_encoder.update_parameters(twin.encoder())
    expected, keys = 0, []
    for query_view, key_view in (('query', 'key'), ('key', 'query')):
        key = twin.momentum_encoder(clips[key_view])
        query = twin.neck(twin.backbone(clips[query_view]))
        expected += info_nce(query, key, queue, 0.1) / 2
        keys.append(key)
    torch.testing.assert_close(loss, expected)
    assert torch.equal(moco.queue.features[:8], torch.cat(keys))
    assert torch.equal(moco.queue.features[8:], queue[8:])


class WithPredictor(moco_module.MoCoRecognizer):
    """A part of its own behind the neck, as BYOL and MoCo v3 have it."""

    def __init__(self, **arguments):
        super().__init__(**arguments)
        self.predictor = torch.nn.Linear(self.neck.out_channels, self.neck.out_channels)

    def embed(self, clips):
        return self.predictor(super().embed(clips))


@pytest.mark.parametrize('kind', [moco_module.MoCoRecognizer, WithPredictor])
def test_gradients_of_directions_taken_in_turn_are_those_of_the_mean(kind, monkeypatch):
    torch.manual_seed(0)
    early, clips = model(type=kind).train(), views()
    late = copy.deepcopy(early)
    one = early.loss(clips)['loss_contrast']
    one.backward()
    monkeypatch.setattr(moco_module, 'backward_early', lambda losses: losses)
    both = late.loss(clips)['loss_contrast']
    both.backward()
    assert one.item() == both.item()
    for ours, theirs in zip(early.parameters(), late.parameters()):
        if theirs.grad is not None:
            torch.testing.assert_close(ours.grad, theirs.grad, rtol=1e-5, atol=1e-6)
    if kind is WithPredictor:
        assert early.predictor.weight.grad.abs().sum() > 0
    assert early.backbone.conv1.conv.weight.grad.abs().sum() > 0


def test_second_direction_can_meet_the_keys_of_the_first_as_in_fames_code():
    moco, clips = model(enqueue_between=True), views()
    moco.train()
    queue = moco.queue.features.clone()
    twin = copy.deepcopy(moco)
    loss = moco.loss(clips)['loss_contrast']

    twin.momentum_encoder.update_parameters(twin.encoder())
    keys = [twin.momentum_encoder(clips[view]) for view in ('key', 'query')]
    queries = [twin.neck(twin.backbone(clips[view])) for view in ('query', 'key')]
    between = torch.cat([keys[0], queue[4:]])
    expected = info_nce(queries[0], keys[0], queue, 0.1) + info_nce(
        queries[1], keys[1], between, 0.1
    )
    torch.testing.assert_close(loss, expected / 2)
    assert torch.equal(moco.queue.features, torch.cat([*keys, queue[8:]]))
    with pytest.raises(ValueError, match='enqueue_between'):
        model(enqueue_between=True, symmetric=False)


def test_groups_have_batch_norm_statistics_of_their_own():
    moco, clips = model(bn_groups=2).train(), views(6)['query']
    twin = copy.deepcopy(moco)
    halves = [twin.neck(twin.backbone(half)) for half in clips.chunk(2)]
    torch.testing.assert_close(moco.embed(clips), torch.cat(halves))
    # A key's group is drawn: the same clip comes out differently among others.
    draws = torch.stack([moco.embed_key(clips)[0] for _ in range(8)])
    assert draws.std(0).max() > 1e-4


def test_groups_that_do_not_divide_the_batch_are_refused():
    with pytest.raises(ValueError, match=r'bn_groups=4 does not divide the 6 clips .*drop_last'):
        model(bn_groups=4).loss(views(6))


def test_keys_come_back_in_the_order_of_their_clips():
    moco, clips = model(bn_groups=3).eval(), views(6)['query']
    torch.testing.assert_close(moco.embed_key(clips)[0], moco.momentum_encoder(clips))


def test_one_way_loss_queues_only_its_keys():
    moco = model(symmetric=False)
    moco.loss(views())
    assert moco.queue.position == 4


@pytest.mark.parametrize('batches', [[4, 4, 4], [3, 1, 5], [20], [7, 7]])
def test_any_batch_size_and_wrap_around(batches):
    moco = model(symmetric=False)
    for n in batches:
        losses = moco.loss(views(n))
        losses['loss_contrast'].backward()
        assert all(torch.isfinite(value) for value in losses.values())
    assert moco.queue.position == sum(batches) % 12


def test_own_negative_gets_a_gradient_and_raises_the_loss():
    clips = views()
    for view in clips.values():
        view.requires_grad_()
    with_negative = model(symmetric=False, negative_view='negative')
    without = copy.deepcopy(with_negative)
    without.negative_views = []
    loss = with_negative.loss(clips)['loss_contrast']
    assert loss > without.loss(clips)['loss_contrast']
    loss.backward()
    assert clips['negative'].grad.abs().sum() > 0 and clips['key'].grad is None


def test_several_own_negatives_are_columns_of_the_loss():
    clips = views()
    twice = model(symmetric=False, negative_view=('negative', 'negative')).eval()
    once = copy.deepcopy(twice)
    once.negative_views = ['negative']
    found, single = twice.loss(clips), once.loss(clips)
    assert found['loss_contrast'] > single['loss_contrast']
    torch.testing.assert_close(found['cos_own'], single['cos_own'])
    with pytest.raises(ValueError, match='ghost'):
        model(negative_view=('negative', 'ghost'))


@pytest.mark.parametrize('view', ['query', 'key', 'negative'])
def test_queue_keeps_the_view_asked_for(view):
    moco, clips = model(symmetric=False, queue_view=view).train(), views()
    twin = copy.deepcopy(moco)
    moco.loss(clips)
    assert moco.queue.position == 4
    twin.momentum_encoder.update_parameters(twin.encoder())
    torch.testing.assert_close(moco.queue.features[:4], twin.momentum_encoder(clips[view]))


def test_only_the_query_encoder_learns():
    moco = model()
    moco.loss(views())['loss_contrast'].backward()
    assert all(p.grad is not None for p in moco.backbone.parameters())
    assert all(p.grad is not None for p in moco.neck.parameters())
    assert all(p.grad is None for p in moco.momentum_encoder.parameters())


def test_loss_falls_on_two_videos_told_apart_by_nothing_but_themselves():
    moco = model(symmetric=False)
    clips = views(6)
    clips['key'] = clips['query']
    optimiser = torch.optim.SGD(moco.parameters(), lr=0.05, momentum=0.9)
    history = []
    for _ in range(25):
        loss = moco.loss(clips)['loss_contrast']
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        history.append(loss.item())
    assert history[-1] < 0.7 * max(history)


def test_mixed_precision_trains_with_a_queue_in_single_precision():
    moco = model()
    with torch.autocast('cpu', dtype=torch.bfloat16):
        loss = moco.loss(views())['loss_contrast']
    loss.backward()
    assert loss.dtype == moco.queue.features.dtype == torch.float32
    assert all(torch.isfinite(p.grad).all() for p in moco.backbone.parameters())


def test_checkpoint_continues_the_same():
    moco, clips = model(), views()
    moco.loss(clips)
    twin = model()
    twin.load_state_dict(moco.state_dict())
    names = set(moco.state_dict())
    assert {'queue.features', 'queue.position', 'backbone.conv1.conv.weight'} <= names
    torch.testing.assert_close(twin.loss(clips), moco.loss(clips))


PATHWAY = dict(
    type='resnet3d', depth=18, pretrained=None, lateral=False, conv1_stride_t=1, pool1_stride_t=1
)
# MMAction2's own encoders in the same place: (config, channels, clip size).
STOCK = {
    'SlowOnly': (dict(TINY_RESNET, type='ResNet3dSlowOnly', lateral=False), 32, 32),
    'R2Plus1d': (
        dict(TINY_RESNET, type='ResNet2Plus1d', conv_cfg=dict(type='Conv2plus1d')),
        32,
        32,
    ),
    'C3D': (dict(type='C3D', out_dim=8192), 4096, 112),
    'Swin': (
        dict(
            type='SwinTransformer3D',
            arch=dict(embed_dims=12, depths=[1, 1], num_heads=[2, 2]),
            patch_size=(2, 4, 4),
            window_size=(2, 4, 4),
            out_indices=(1,),
            pretrained2d=False,
        ),
        24,
        32,
    ),
    'TimeSformer': (
        dict(
            type='TimeSformer',
            num_frames=4,
            img_size=32,
            patch_size=16,
            embed_dims=24,
            num_heads=2,
            num_transformer_layers=1,
        ),
        24,
        32,
    ),
    'SlowFast': (
        dict(
            type='ResNet3dSlowFast',
            pretrained=None,
            resample_rate=2,
            speed_ratio=2,
            slow_pathway=dict(PATHWAY, base_channels=4, conv1_kernel=(1, 7, 7)),
            fast_pathway=dict(PATHWAY, base_channels=2, conv1_kernel=(5, 7, 7)),
        ),
        48,
        32,
    ),
}


@pytest.mark.parametrize(
    'name', [pytest.param(n, marks=[pytest.mark.slow] if n == 'C3D' else []) for n in STOCK]
)
def test_mmaction2s_encoders_train_in_the_same_place(name):
    backbone, channels, size = STOCK[name]
    frames = 16 if name == 'C3D' else 4
    moco = model(backbone, channels, symmetric=False)
    losses = moco.loss(views(2, frames, size))
    losses['loss_contrast'].backward()
    assert torch.isfinite(losses['loss_contrast'])
    assert any(p.grad is not None and p.grad.abs().sum() > 0 for p in moco.backbone.parameters())


def test_features_come_out_as_from_an_mmaction2_recogniser():
    moco = model()
    clips = torch.randn(2, 3, 3, 4, 32, 32)
    features, _ = moco.extract_feat(clips, stage='backbone')
    assert features.shape[:2] == (6, 32)
    assert moco(clips, mode='tensor', stage='neck').shape == (6, 16)


@pytest.mark.parametrize('bank', ['key', 'query'])
def test_without_a_queue_the_other_videos_of_the_batch_are_the_negatives(bank):
    queue_view = None if bank == 'key' else bank
    moco = model(queue_size=0, symmetric=False, queue_view=queue_view).train()
    clips = views(n=3)
    loss = moco.loss(clips)['loss_contrast']
    query, key = moco.embed(clips['query']), moco.embed_key(clips['key'])[0]
    negatives = key if bank == 'key' else moco.embed_key(clips[bank])[0]
    by_hand = [
        info_nce(query[[i]], key[[i]], torch.cat([negatives[:i], negatives[i + 1 :]]), 0.1)
        for i in range(3)
    ]
    torch.testing.assert_close(loss, torch.stack(by_hand).mean())
    assert not [name for name in moco.state_dict() if name.startswith('queue')]


def test_without_a_queue_a_single_video_is_refused():
    with pytest.raises(ValueError, match='1 video'):
        model(queue_size=0).train().loss(views(n=1))


def test_bad_arguments_are_refused_when_built():
    with pytest.raises(ValueError, match='momentum=1'):
        model(momentum=1)
    with pytest.raises(ValueError, match=r"not \['anchor'\]"):
        model(query_view='anchor')
    with pytest.raises(ValueError, match=r"not \['anchor'\]"):
        model(queue_view='anchor')
    with pytest.raises(ValueError, match='queue_size=-1'):
        model(queue_size=-1)
    with pytest.raises(ValueError, match='give queue_size'):
        model(queue_size=0, enqueue_between=True)
    with pytest.raises(ValueError, match='bn_groups=0'):
        model(bn_groups=0)


def test_predicting_says_what_to_do_instead():
    with pytest.raises(RuntimeError, match='configs/finetune'):
        model()(torch.randn(1, 1, 3, 4, 32, 32), mode='predict')
