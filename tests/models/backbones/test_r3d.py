import pytest
import torch

from mmdebias.models.backbones import R3D


def test_a_shorter_stem_without_pooling_keeps_twice_the_resolution():
    clip = torch.randn(1, 3, 8, 32, 32)

    with torch.no_grad():
        pooled = R3D().eval()(clip)
        kept = R3D(conv1_kernel_t=3, with_pool1=False).eval()(clip)

    assert pooled.shape == (1, 512, 1, 1, 1)
    assert kept.shape == (1, 512, 1, 2, 2)


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (dict(depth=50), 'depth=50, but R3D has 18 or 34 layers'),
        (dict(conv1_kernel_t=4), 'conv1_kernel_t=4 must be an odd number'),
        (dict(conv1_kernel_t=0), 'conv1_kernel_t=0 must be an odd number'),
    ],
)
def test_a_net_that_does_not_exist_is_an_error(options, message):
    with pytest.raises(ValueError, match=message):
        R3D(**options)
