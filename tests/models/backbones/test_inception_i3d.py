import pytest
import torch
import torch.nn.functional as F

from mmdebias.models.backbones.inception_i3d import ConvUnit, SamePadMaxPool


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
