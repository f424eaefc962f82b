"""Each encoder against what the authors' code returned, and on clips of all sizes."""

from typing import NamedTuple

import pytest
import torch
from mmaction.registry import MODELS


class Net(NamedTuple):
    name: str
    parameters: int
    channels: int
    # (file of outputs, name in it, prefix of the head's keys)
    recorded: tuple
    # frames, height and width of clip and feature map
    maps: dict


NETS = [
    Net(
        'InceptionI3D',
        12_287_264,
        1024,
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
        'R2Plus1D',
        31_300_125,
        512,
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
]
every_net = pytest.mark.parametrize('net', NETS, ids=lambda net: net.name)


@every_net
def test_it_has_the_papers_number_of_parameters(net):
    with torch.device('meta'):
        backbone = MODELS.build(dict(type=net.name))

    assert sum(parameter.numel() for parameter in backbone.parameters()) == net.parameters


@pytest.mark.parametrize(
    ('net', 'recorded'), [(net, r) for net in NETS for r in net.recorded], ids=str
)
def test_it_is_the_authors_net(authors_net, net, recorded):
    file, name, head = recorded
    authors = authors_net(file, name, head=head)
    backbone = MODELS.build(dict(type=net.name)).eval()

    assert list(backbone.state_dict()) == list(authors.weights)
    backbone.load_state_dict(authors.weights)
    with torch.no_grad():
        features = backbone(authors.clip)

    torch.testing.assert_close(features, authors.features, atol=1e-4, rtol=0)


@every_net
def test_a_clip_becomes_a_feature_map(net):
    with torch.device('meta'):
        backbone = MODELS.build(dict(type=net.name)).eval()
        for clip, feature_map in net.maps.items():
            features = backbone(torch.empty(1, 3, *clip))
            assert features.shape == (1, net.channels, *feature_map)


@every_net
@pytest.mark.parametrize('clip', [(4, 32, 32), (5, 33, 47)])
def test_a_small_or_odd_clip_runs(net, clip):
    features = MODELS.build(dict(type=net.name)).eval()(torch.randn(1, 3, *clip))

    assert features.isfinite().all()
