import pytest
import torch
import torch.nn.functional as F
from mmaction.registry import MODELS

from mmdebias.models.backbones import InceptionI3D
from mmdebias.models.backbones.inception_i3d import ConvUnit, SamePadMaxPool


def test_it_has_the_parameters_of_i3d():
    with torch.device('meta'):
        backbone = InceptionI3D()

    assert sum(parameter.numel() for parameter in backbone.parameters()) == 12_287_264


def test_a_config_finds_it():
    assert MODELS.module_dict['InceptionI3D'] is InceptionI3D


@pytest.mark.parametrize('file', ['backbones_fame', 'backbones_be_dsm'])
def test_it_is_the_authors_net(authors_net, file):
    authors = authors_net(file, 'i3d', head='id_head.')
    backbone = InceptionI3D().eval()

    assert list(backbone.state_dict()) == list(authors.weights)
    backbone.load_state_dict(authors.weights)
    with torch.no_grad():
        features = backbone(authors.clip)

    torch.testing.assert_close(features, authors.features, atol=1e-4, rtol=0)


@pytest.mark.parametrize(
    ('clip', 'feature_map'),
    [
        ((16, 112, 112), (2, 4, 4)),
        ((16, 224, 224), (2, 7, 7)),
        ((64, 224, 224), (8, 7, 7)),
        ((4, 32, 32), (1, 1, 1)),
        ((5, 33, 47), (1, 1, 2)),
        ((63, 101, 171), (8, 4, 6)),
    ],
)
def test_a_clip_becomes_a_feature_map(clip, feature_map):
    with torch.device('meta'):
        features = InceptionI3D().eval()(torch.empty(1, 3, *clip))

    assert features.shape == (1, 1024, *feature_map)


@pytest.mark.parametrize('clip', [(4, 32, 32), (5, 33, 47)])
def test_a_small_or_odd_clip_runs(clip):
    features = InceptionI3D().eval()(torch.randn(1, 3, *clip))

    assert features.isfinite().all()


def test_one_zero_more_pads_behind_than_in_front():
    unit = ConvUnit(1, 1, kernel_size=7, stride=2).eval()
    torch.nn.init.ones_(unit.conv3d.weight)

    taps = unit(torch.ones(1, 1, 8, 8, 8))[0, 0]

    # The windows cover -2..4, 0..6, 2..8 and 4..10 of 0..7.
    inside = torch.tensor([5.0, 7.0, 6.0, 4.0])
    expected = torch.einsum('i,j,k->ijk', inside, inside, inside)
    torch.testing.assert_close(taps, expected, rtol=1e-4, atol=0)


@pytest.mark.parametrize('size', range(1, 10))
@pytest.mark.parametrize('kernel_and_stride', [(3, 1), (3, 2), (2, 2)])
def test_after_a_relu_pooling_equals_pooling_over_zeros(size, kernel_and_stride):
    kernel, stride = kernel_and_stride
    x = torch.randn(2, 3, size, size, size).relu()
    front = (kernel - stride) // 2
    padded = F.pad(x, (front, kernel - stride - front) * 3)

    pooled = SamePadMaxPool((kernel,) * 3, (stride,) * 3)(x)

    assert pooled.equal(F.max_pool3d(padded, kernel, stride, ceil_mode=True))
    assert pooled.shape[2:] == (-(-size // stride),) * 3
