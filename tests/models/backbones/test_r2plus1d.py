import pytest
import torch
from torch import nn

from mmdebias.models.backbones import R2Plus1D
from mmdebias.models.backbones.r2plus1d import factorised_width


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
