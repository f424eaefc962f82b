import pytest
import torch
from mmaction.registry import MODELS
from mmaction.structures import ActionDataSample
from torch.nn.parallel import DistributedDataParallel

from helpers.two_ranks import on_two_ranks

BACKBONES = {
    'ResNet3d': dict(
        type='ResNet3d',
        depth=18,
        pretrained=None,
        pretrained2d=False,
        base_channels=4,
        norm_eval=False,
    ),
    'C3DBN': dict(type='C3DBN'),
}


def probe(backbone):
    channels = 32 if backbone == 'ResNet3d' else 512
    model = MODELS.build(
        dict(
            type='LinearProbe',
            backbone=BACKBONES[backbone],
            cls_head=dict(
                type='LinearProbeHead', num_classes=7, in_channels=channels, dropout_ratio=0
            ),
            data_preprocessor=dict(type='ClipDataPreprocessor', mean=[0.4] * 3, std=[0.2] * 3),
        )
    )
    model.init_weights()
    return model


def one_step(model, wrapped, samples=3):
    inputs = torch.randn(samples, 1, 3, 4, 32, 32)
    labels = [ActionDataSample().set_gt_label(i % 7) for i in range(samples)]
    optimiser = torch.optim.SGD(model.parameters(), lr=5, momentum=0.9)
    wrapped.train()
    wrapped(inputs, labels, mode='loss')['loss_cls'].backward()
    optimiser.step()


@pytest.mark.parametrize('backbone', BACKBONES)
def test_training_changes_the_layer_and_no_bit_of_the_encoder(backbone):
    model = probe(backbone)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    for _ in range(2):
        one_step(model, model)
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, before[name]) == name.startswith('backbone.'), name
    assert any('running_mean' in name for name in before)


def test_score_does_not_depend_on_the_scale_of_the_features():
    head = probe('ResNet3d').cls_head
    maps = torch.rand(2, 32, 2, 3, 3)
    assert torch.allclose(head(maps), head(100 * maps), atol=1e-6)
    normed = torch.nn.functional.normalize(maps.mean((2, 3, 4)), dim=1)
    assert torch.allclose(head(maps), head.fc_cls(normed), atol=1e-6)


def check_ranks(rank):
    from mmengine.registry import init_default_scope

    import mmdebias  # noqa: F401  (registers LinearProbe)

    init_default_scope('mmaction')
    torch.manual_seed(0)
    model = probe('ResNet3d')
    # As MMEngine does: wrapped while built, put into training mode later.
    wrapped = DistributedDataParallel(model, broadcast_buffers=False)
    before = model.backbone.state_dict()['conv1.conv.weight'].clone()
    for _ in range(2):
        one_step(model, wrapped)
    assert torch.equal(model.backbone.state_dict()['conv1.conv.weight'], before)


def test_ranks_do_not_wait_for_gradients_of_the_encoder():
    on_two_ranks(check_ranks)
