import copy

import pytest
import torch
from mmaction.registry import MODELS

from mmdebias.ops import triplet

TINY_RESNET = dict(
    type='ResNet3d',
    depth=18,
    pretrained=None,
    pretrained2d=False,
    base_channels=4,
    norm_eval=False,
    zero_init_residual=False,
)


def model(**kwargs):
    settings = dict(
        type='TripletRecognizer',
        backbone=TINY_RESNET,
        neck=dict(type='ProjectionNeck', in_channels=32, out_channels=16, num_layers=1),
        head=dict(type='TripletHead'),
        data_preprocessor=dict(
            type='ViewDataPreprocessor',
            mean=[0.5] * 3,
            std=[0.25] * 3,
            views=dict(anchor=[], positive=[], negative=[]),
        ),
    )
    built = MODELS.build(copy.deepcopy({**settings, **kwargs}))
    built.init_weights()
    return built


def views(n=4):
    return {view: torch.randn(n, 3, 4, 32, 32) for view in ('anchor', 'positive', 'negative')}


def test_loss_is_that_of_the_three_embeddings():
    net, clips = model().eval(), views()
    embedded = [net.neck(net.backbone(clip)) for clip in clips.values()]
    torch.testing.assert_close(net.loss(clips)['loss_triplet'], triplet(*embedded))


def test_views_share_batch_norm_statistics():
    """A view of more contrast than the others still has it after batch norm."""
    net, clips = model().train(), views()
    clips['negative'] = clips['anchor'] * 3
    assert net.loss(clips)['dist_neg'] > 0.01
    alone = [net.neck(net.backbone(clips[view])) for view in ('anchor', 'negative')]
    assert (alone[0] - alone[1]).norm(dim=1).max() < 1e-2


def test_every_view_teaches():
    clips = views()
    for clip in clips.values():
        clip.requires_grad_()
    net = model()
    net.loss(clips)['loss_triplet'].backward()
    assert all(clip.grad.abs().sum() > 0 for clip in clips.values())
    assert all(parameter.grad is not None for parameter in net.parameters())


def test_views_are_named_by_argument():
    net, clips = model(anchor_view='negative', negative_view='anchor').eval(), views()
    embedded = [net.neck(net.backbone(clips[v])) for v in ('negative', 'positive', 'anchor')]
    torch.testing.assert_close(net.loss(clips)['loss_triplet'], triplet(*embedded))


def test_loss_falls_on_a_negative_told_apart_by_its_motion():
    clips = views(6)
    clips['positive'] = clips['anchor'] + 0.1 * torch.randn_like(clips['anchor'])
    clips['negative'] = clips['anchor'].flip(2)
    net = model()
    optimiser = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
    history = []
    for _ in range(25):
        loss = net.loss(clips)['loss_triplet']
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        history.append(loss.item())
    assert history[-1] < 0.5 * history[0]


def test_batch_of_one_trains():
    losses = model(head=dict(type='TripletHead', inter_video=True)).loss(views(1))
    assert all(torch.isfinite(value) for value in losses.values())


def test_features_come_out_as_from_an_mmaction2_recogniser():
    clips = torch.randn(2, 2, 3, 4, 32, 32)
    assert model()(clips, mode='tensor', stage='backbone')[:, :32].shape[:2] == (4, 32)
    assert model()(clips, mode='tensor', stage='neck').shape == (4, 16)


def test_unknown_view_is_refused_when_built():
    with pytest.raises(ValueError, match=r"not \['query'\].*anchor_view"):
        model(anchor_view='query')


def test_predicting_says_what_to_do_instead():
    with pytest.raises(RuntimeError, match='TripletRecognizer has no classes'):
        model()(torch.randn(1, 1, 3, 4, 32, 32), mode='predict')
