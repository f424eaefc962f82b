import pytest
import torch
from mmaction.registry import MODELS
from torch import nn

from mmdebias.models.backbones import R2Plus1D
from mmdebias.models.backbones.r2plus1d import factorised_width


def test_it_has_the_parameters_of_r2plus1d_18():
    with torch.device('meta'):
        backbone = R2Plus1D()

    assert sum(parameter.numel() for parameter in backbone.parameters()) == 31_300_125


def test_a_config_finds_it():
    assert MODELS.module_dict['R2Plus1D'] is R2Plus1D


def test_it_is_the_authors_net(authors_net):
    authors = authors_net('backbones_fame', 'r21d', head='fc.')
    backbone = R2Plus1D().eval()

    assert list(backbone.state_dict()) == list(authors.weights)
    backbone.load_state_dict(authors.weights)
    with torch.no_grad():
        features = backbone(authors.clip)

    torch.testing.assert_close(features, authors.features, atol=1e-4, rtol=0)


@pytest.mark.parametrize(
    ('clip', 'feature_map'),
    [
        ((16, 112, 112), (2, 7, 7)),
        ((16, 224, 224), (2, 14, 14)),
        ((64, 112, 112), (8, 7, 7)),
        ((4, 32, 32), (1, 2, 2)),
        ((5, 33, 47), (1, 3, 3)),
        ((63, 101, 171), (8, 7, 11)),
    ],
)
def test_a_clip_becomes_a_feature_map(clip, feature_map):
    with torch.device('meta'):
        features = R2Plus1D().eval()(torch.empty(1, 3, *clip))

    assert features.shape == (1, 512, *feature_map)


@pytest.mark.parametrize('clip', [(4, 32, 32), (5, 33, 47)])
def test_a_small_or_odd_clip_runs(clip):
    features = R2Plus1D().eval()(torch.randn(1, 3, *clip))

    assert features.isfinite().all()


@pytest.mark.parametrize(('n_in', 'n_out'), [(64, 64), (64, 128), (256, 512)])
def test_a_factorised_pair_has_as_many_weights_as_the_3d_convolution(n_in, n_out):
    a_channel_between = 9 * n_in + 3 * n_out

    spare = 27 * n_in * n_out - factorised_width(n_in, n_out) * a_channel_between

    assert 0 <= spare < a_channel_between


def test_a_reversed_clip_under_reversed_temporal_kernels_gives_reversed_features():
    backbone = R2Plus1D().eval()
    clip = torch.randn(1, 3, 9, 32, 32)  # of odd length, so that strided windows mirror too

    with torch.no_grad():
        forwards = backbone(clip)
        for module in backbone.modules():
            if isinstance(module, nn.Conv3d):
                module.weight.copy_(module.weight.flip(2))
        backwards = backbone(clip.flip(2))

    assert forwards.shape[2] == 2
    torch.testing.assert_close(backwards, forwards.flip(2), atol=1e-5, rtol=1e-4)
