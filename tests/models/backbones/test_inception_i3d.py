import pytest
import torch
import torch.nn.functional as F

from mmdebias.models.backbones.inception_i3d import (
    ConvUnit,
    InceptionBlock,
    InceptionI3D,
    SamePadMaxPool,
)


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


def test_pooling_before_the_relu_gives_what_pooling_behind_it_does():
    x = torch.randn(2, 3, 4, 6, 7, requires_grad=True)
    twin = x.detach().clone().requires_grad_()
    before = SamePadMaxPool((1, 3, 3), (1, 2, 2), relu=True)(x)
    behind = SamePadMaxPool((1, 3, 3), (1, 2, 2))(twin.relu())
    outer = torch.randn_like(before)
    before.backward(outer)
    behind.backward(outer)
    assert before.equal(behind) and x.grad.equal(twin.grad)


def test_a_block_is_its_branches_each_with_a_relu():
    block, x = InceptionBlock(4, 3, 2, 5, 2, 3, 2), torch.rand(2, 4, 4, 5, 6)
    found = block(x)
    branches = (block.branch_0, block.branch_1, block.branch_2, block.branch_3)
    expected = torch.cat([branch(x).relu() for branch in branches], dim=1)
    torch.testing.assert_close(found, expected)


def test_a_pointwise_convolution_keeps_the_channels_last_on_a_cpu():
    unit = ConvUnit(5, 7).double()
    x = torch.randn(2, 5, 3, 4, 6, dtype=torch.double)
    last = x.contiguous(memory_format=torch.channels_last_3d)
    grads = []
    for clips in (x, last):
        unit.zero_grad()
        maps = unit(clips)
        maps.square().sum().backward()
        grads.append(unit.conv3d.weight.grad.clone())
    assert maps.is_contiguous(memory_format=torch.channels_last_3d)
    torch.testing.assert_close(maps, unit(x))
    torch.testing.assert_close(*grads)


def test_maps_have_the_channels_last_on_a_cpu():
    maps = InceptionI3D()(torch.rand(2, 3, 8, 64, 64))
    assert maps.is_contiguous(memory_format=torch.channels_last_3d)
