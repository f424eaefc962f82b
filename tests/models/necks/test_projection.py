import pytest
import torch

from mmdebias.models import ProjectionNeck


@pytest.mark.parametrize('shape', [(3, 8, 2, 4, 4), (3, 8), (3, 5, 8)])
def test_any_backbone_output_becomes_unit_vectors(shape):
    vectors = ProjectionNeck(8, 16)(torch.randn(shape))
    assert vectors.shape == (3, 16)
    torch.testing.assert_close(vectors.norm(dim=1), torch.ones(3))


def test_pathways_are_joined():
    slow, fast = torch.randn(2, 6, 1, 2, 2), torch.randn(2, 2, 4, 2, 2)
    assert ProjectionNeck(8, 4)((slow, fast)).shape == (2, 4)


def test_one_layer_is_linear_and_max_pool_takes_the_maximum():
    neck = ProjectionNeck(4, 4, num_layers=1, pool='max')
    torch.nn.init.eye_(neck.mlp[0].weight)
    torch.nn.init.zeros_(neck.mlp[0].bias)
    features = torch.rand(2, 4, 3, 5, 5)
    expected = torch.nn.functional.normalize(features.amax((2, 3, 4)), dim=1)
    torch.testing.assert_close(neck(features), expected)


def test_layers_and_widths():
    neck = ProjectionNeck(8, 4, hidden_channels=16, num_layers=3)
    widths = [m.weight.shape[::-1] for m in neck.mlp if isinstance(m, torch.nn.Linear)]
    assert widths == [(8, 16), (16, 16), (16, 4)]


def test_autocast_returns_single_precision_unit_vectors():
    with torch.autocast('cpu', dtype=torch.bfloat16):
        vectors = ProjectionNeck(8, 16)(torch.randn(3, 8))
    assert vectors.dtype == torch.float32
    torch.testing.assert_close(vectors.norm(dim=1), torch.ones(3))


def test_bad_arguments_and_features_are_refused():
    with pytest.raises(ValueError, match="pool='sum'"):
        ProjectionNeck(8, pool='sum')
    with pytest.raises(ValueError, match='num_layers=0'):
        ProjectionNeck(8, num_layers=0)
    with pytest.raises(ValueError, match='set in_channels=9'):
        ProjectionNeck(8)(torch.randn(2, 9))
    with pytest.raises(ValueError, match='takes'):
        ProjectionNeck(8)(torch.randn(2, 8, 4, 4))
