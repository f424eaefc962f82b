"""A GPU computes what the CPU does: the functions of mmdebias.ops."""

import pytest
import torch
from torch.nn import functional as F

from mmdebias import ops

pytestmark = pytest.mark.gpu
N, T, SIDE = 4, 6, 32


def moving_clips():
    """Bytes ``[N, 3, T, SIDE, SIDE]``: a bright square that moves before a smooth ground."""
    ground = F.interpolate(torch.rand(N, 3, 4, 4), (SIDE, SIDE), mode='bicubic')
    clips = (160 * ground.clamp(0, 1)).byte()[:, :, None].repeat(1, 1, T, 1, 1)
    for t in range(T):
        clips[:, 0, t, 8:16, 3 * t : 3 * t + 8] = 255
    return clips


def rows(count=8, width=16):
    return F.normalize(torch.randn(count, width), dim=1)


def same(function, gpu, *tensors, share=1.0, **tolerance):
    """Compare a function's results on the two devices; of masks a share of pixels must agree."""
    expected = function(*tensors)
    found = function(*(tensor.to(gpu) for tensor in tensors))
    assert found.device.type == gpu.type and found.dtype == expected.dtype
    found = found.cpu()
    if expected.dtype.is_floating_point:
        torch.testing.assert_close(found, expected, **(tolerance or dict(rtol=1e-4, atol=1e-4)))
    else:
        assert (found == expected).double().mean() >= share


@pytest.mark.parametrize('options', [{}, dict(beta='adaptive', noise_floor=2, follow_camera=True)])
@pytest.mark.parametrize('mask', [ops.fame_mask, ops.seed_mask])
def test_masks(gpu, mask, options):
    # Sums in another order move a pixel over the threshold here and there.
    same(lambda clips: mask(clips, **options), gpu, moving_clips(), share=0.99)


@pytest.mark.parametrize('mask', [ops.grid_mask, ops.gauss_mask])
def test_plainer_masks(gpu, mask):
    same(mask, gpu, moving_clips(), share=0.99)


def test_merging_is_exact(gpu):
    clips, mask = moving_clips(), torch.rand(N, SIDE, SIDE) < 0.5
    same(ops.merge, gpu, clips, clips.roll(1, 0), mask)


def test_blends(gpu):
    clips, lam = torch.rand(N, 3, T, SIDE, SIDE), torch.rand(N)
    same(ops.add_static_frame, gpu, clips, torch.arange(N), lam)
    same(ops.blend, gpu, clips, clips.roll(1, 0), lam)
    boxes = torch.tensor([[2, 3, 20, 30]]).repeat(N, 1)
    same(ops.cut_mix, gpu, clips, clips.roll(1, 0), boxes)


def test_warps(gpu):
    clips = torch.rand(N, 3, T, SIDE, SIDE)
    points = torch.rand(N, 9, 2) * 2 - 1
    moved = points + 0.1 * torch.rand(N, 9, 2)
    same(lambda a, b: ops.tps_grid(a, b, (SIDE, SIDE)), gpu, points, moved, rtol=1e-3, atol=1e-3)
    same(lambda angles: ops.rotation_grid(angles, (SIDE, SIDE)), gpu, 30 * torch.rand(N))
    grid = torch.rand(N, SIDE, SIDE, 2) * 2.2 - 1.1
    for border in ('zeros', 'reflection'):
        same(lambda c, g, b=border: ops.warp_clips(c, g, b), gpu, clips, grid)


def test_camera_motion(gpu):
    same(ops.camera_motion, gpu, moving_clips(), rtol=1e-2, atol=1e-2)


def test_losses_and_their_gradients(gpu):
    def both(loss, *vectors):
        def with_gradient(*inputs):
            inputs = [tensor.detach().requires_grad_() for tensor in inputs]
            value = loss(*inputs)
            gradient = torch.autograd.grad(value, inputs[0])[0]
            return torch.cat([value[None], gradient.flatten()])

        same(with_gradient, gpu, *vectors)

    both(lambda q, k, n: ops.info_nce(q, k, n, 0.1), rows(), rows(), rows())
    both(ops.triplet, rows(), rows(), rows())
    both(ops.temporal_consistency, torch.rand(2, 8, 2, 2, 2), torch.rand(2, 8, 2, 2, 2))


def test_a_linear_classifier_learns_the_same(gpu):
    features, labels = rows(60), torch.arange(60) % 3
    features[:, 0] += labels
    fitted = ops.fit_linear_classifier(features, labels, 3)
    on_gpu = ops.fit_linear_classifier(features.to(gpu), labels.to(gpu), 3)
    for expected, found in zip(fitted, on_gpu):
        torch.testing.assert_close(found.cpu(), expected, rtol=1e-2, atol=1e-2)


def test_maps(gpu):
    features = torch.rand(N, 16, 2, 4, 4)
    same(ops.channel_map, gpu, features)
    same(lambda f: ops.stretch_maps(ops.channel_map(f), (T, SIDE, SIDE)), gpu, features)
    same(ops.responses, gpu, features)
