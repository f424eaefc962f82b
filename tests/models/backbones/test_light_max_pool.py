import pytest
import torch
from torch import nn

from mmdebias.models.backbones.light_max_pool import light_max_pool

POOLS = [
    nn.MaxPool3d(3, 1, 1, ceil_mode=True),
    nn.MaxPool3d((1, 3, 3), (1, 2, 2), ceil_mode=True),
    nn.MaxPool3d(2, 2, ceil_mode=True),
]


@pytest.mark.parametrize('pool', POOLS)
@pytest.mark.parametrize('layout', [torch.contiguous_format, torch.channels_last_3d])
@pytest.mark.parametrize('dtype', [torch.float32, torch.bfloat16])
def test_values_and_gradients_are_those_of_the_pool(pool, layout, dtype):
    # Few values: most maxima stand in several places, and the gradient goes to one of them.
    x = torch.randint(0, 4, (2, 3, 4, 7, 6)).to(dtype).contiguous(memory_format=layout)
    found, expected = x.clone().requires_grad_(), x.clone().requires_grad_()
    pooled = light_max_pool(pool, found)
    outer = torch.randn_like(pooled)
    pooled.backward(outer)
    pool(expected).backward(outer)
    assert pooled.equal(pool(expected)) and pooled.is_contiguous(memory_format=layout)
    assert found.grad.equal(expected.grad)


def test_places_in_32_bits_are_all_that_is_kept():
    kept = []
    with torch.autograd.graph.saved_tensors_hooks(lambda t: kept.append(t) or t, lambda t: t):
        light_max_pool(POOLS[0], torch.rand(1, 2, 4, 5, 6, requires_grad=True))
    assert [(t.dtype, t.shape) for t in kept] == [(torch.int32, (1, 2, 4, 5, 6))]
