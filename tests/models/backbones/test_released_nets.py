"""Each encoder against what the authors' code returned, and on clips of all sizes."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import pytest
import torch
from mmaction.registry import MODELS
from torch.nn.modules.batchnorm import _BatchNorm

from helpers.written_out_nets import c3d, i3d, r2plus1d, r3d
from mmdebias.models.backbones.staged_backbone import KAIMING


class Net(NamedTuple):
    config: dict
    parameters: int
    channels: int
    # The same net, in functions of its weights and a clip.
    written_out: Callable
    # (file of outputs, name in it, prefix of the head's keys)
    recorded: tuple
    # frames, height and width of clip and feature map
    maps: dict


R3D_MAPS = {
    (16, 112, 112): (1, 4, 4),
    (16, 224, 224): (1, 7, 7),
    (64, 224, 224): (4, 7, 7),
    (4, 32, 32): (1, 1, 1),
    (5, 33, 47): (1, 2, 2),
    (63, 101, 171): (4, 4, 6),
}
NETS = [
    Net(
        dict(type='InceptionI3D'),
        12_287_264,
        1024,
        i3d,
        (('backbones_fame', 'i3d', 'id_head.'), ('backbones_be_dsm', 'i3d', 'id_head.')),
        {
            (16, 112, 112): (2, 4, 4),
            (16, 224, 224): (2, 7, 7),
            (64, 224, 224): (8, 7, 7),
            (4, 32, 32): (1, 1, 1),
            (5, 33, 47): (1, 1, 2),
            (63, 101, 171): (8, 4, 6),
        },
    ),
    Net(
        dict(type='R2Plus1D'),
        31_300_125,
        512,
        r2plus1d,
        (('backbones_fame', 'r21d', 'fc.'),),
        {
            (16, 112, 112): (2, 7, 7),
            (16, 224, 224): (2, 14, 14),
            (64, 112, 112): (8, 7, 7),
            (4, 32, 32): (1, 2, 2),
            (5, 33, 47): (1, 3, 3),
            (63, 101, 171): (8, 7, 11),
        },
    ),
    Net(
        dict(type='C3DBN'),
        27_661_440,
        512,
        c3d,
        (('backbones_be_dsm', 'c3d', 'id_head.'),),
        {
            (16, 112, 112): (2, 7, 7),
            (16, 224, 224): (2, 14, 14),
            (64, 112, 112): (8, 7, 7),
            (4, 32, 32): (1, 2, 2),
            (5, 33, 47): (1, 3, 3),
            (63, 101, 171): (8, 7, 11),
        },
    ),
    Net(
        dict(type='R3D', depth=18),
        33_203_904,
        512,
        r3d,
        (('backbones_be_dsm', 'r3d18', 'id_head.'),),
        R3D_MAPS,
    ),
    Net(
        dict(type='R3D', depth=34),
        63_513_536,
        512,
        r3d,
        (('backbones_be_dsm', 'r3d34', 'id_head.'),),
        R3D_MAPS,
    ),
    # torchvision's r3d_18, whose documentation gives 33,371,472 parameters with the classifier.
    Net(
        dict(type='R3D', conv1_kernel_t=3, with_pool1=False),
        33_371_472 - 513 * 400,
        512,
        partial(r3d, pool=False),
        (),
        {(16, 112, 112): (2, 7, 7), (4, 32, 32): (1, 2, 2), (5, 33, 47): (1, 3, 3)},
    ),
]
every_net = pytest.mark.parametrize(
    'net', NETS, ids=lambda net: '-'.join(map(str, net.config.values()))
)


@every_net
def test_it_has_the_papers_number_of_parameters(net):
    with torch.device('meta'):
        backbone = MODELS.build(net.config)

    assert sum(parameter.numel() for parameter in backbone.parameters()) == net.parameters


@pytest.mark.parametrize(
    ('net', 'recorded'),
    [
        pytest.param(net, recorded, id='-'.join(recorded[:2]))
        for net in NETS
        for recorded in net.recorded
    ],
)
def test_it_is_the_authors_net(authors_net, net, recorded):
    file, name, head = recorded
    authors = authors_net(file, name, head=head)
    backbone = MODELS.build(net.config).eval()

    assert list(backbone.state_dict()) == list(authors.weights)
    backbone.load_state_dict(authors.weights)
    with torch.no_grad():
        features = backbone(authors.clip)

    # R3D-34's map reaches 361, where rounding alone is 3e-4: both are as far from float64 as that.
    atol = max(1e-4, 1e-6 * authors.features.abs().max().item())
    torch.testing.assert_close(features, authors.features, atol=atol, rtol=0)


@every_net
@pytest.mark.parametrize('clip', [(4, 32, 32), (9, 49, 67)])
def test_it_is_the_net_written_out_layer_by_layer(net, clip):
    # Kaiming's weights keep the clip's share in the last map; PyTorch's own let it fade away.
    backbone = MODELS.build(dict(net.config, init_cfg=list(KAIMING))).eval()
    backbone.init_weights()
    for module in backbone.modules():
        if isinstance(module, _BatchNorm):  # fresh ones would be the identity
            for values in (module.weight, module.running_var):
                torch.nn.init.uniform_(values, 0.8, 1.2)
            for values in (module.bias, module.running_mean):
                torch.nn.init.normal_(values, std=0.1)
    clips = torch.randn(1, 3, *clip)

    with torch.no_grad():
        features = backbone(clips)
        expected = net.written_out(backbone.state_dict(), clips)
        other = backbone(clips.flip(4))

    # A hundred times what is allowed below.
    assert (features - other).std() > 0.01 * expected.std()
    torch.testing.assert_close(features, expected, rtol=1e-4, atol=1e-4 * float(expected.std()))


@every_net
def test_a_clip_becomes_a_feature_map(net):
    with torch.device('meta'):
        backbone = MODELS.build(net.config).eval()
        for clip, feature_map in net.maps.items():
            features = backbone(torch.empty(1, 3, *clip))
            assert features.shape == (1, net.channels, *feature_map)


@every_net
@pytest.mark.parametrize('clip', [(4, 32, 32), (5, 33, 47)])
def test_a_small_or_odd_clip_runs(net, clip):
    features = MODELS.build(net.config).eval()(torch.randn(1, 3, *clip))

    assert features.isfinite().all()
