import numpy as np
import pytest
from torch import nn

from mmdebias.analysis import temporal_kernels
from mmdebias.models.backbones import R2Plus1D


def test_one_dimensional_convolutions_of_r2plus1d():
    net = R2Plus1D()
    kernels = temporal_kernels(net)
    # A stem of one and four layers of two blocks of two.
    assert len(kernels) == 1 + 4 * 2 * 2
    assert next(iter(kernels)) == 'stem.3'
    assert np.array_equal(kernels['stem.3'], net.stem[3].weight.detach().numpy().ravel())
    assert all(name in dict(net.named_modules()) for name in kernels)


def test_kinds():
    net = nn.Sequential(
        nn.Conv3d(2, 3, (3, 1, 1)), nn.Conv3d(3, 3, 3), nn.Conv3d(3, 3, 1), nn.Conv2d(3, 3, 3)
    )
    assert {name: len(w) for name, w in temporal_kernels(net).items()} == {'0': 18}
    assert list(temporal_kernels(net, '3d')) == ['0', '1']


def test_nets_without_any_are_refused():
    with pytest.raises(ValueError, match=r'no temporal convolutions .*: take the kind 3d'):
        temporal_kernels(nn.Sequential(nn.Conv3d(3, 3, 3)))
    with pytest.raises(ValueError, match=r'no 3d convolutions over more than one frame\.'):
        temporal_kernels(nn.Sequential(nn.Conv2d(3, 3, 3)), '3d')
    with pytest.raises(ValueError, match="kind='2d'"):
        temporal_kernels(nn.Sequential(), '2d')
