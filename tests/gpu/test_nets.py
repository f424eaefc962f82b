"""On a GPU our encoders, I3D's pooling and a step of triplets are what they are on the CPU."""

import copy

import pytest
import torch
from mmaction.registry import MODELS
from mmaction.structures import ActionDataSample
from mmengine.optim import OptimWrapper
from torch import nn
from torch.nn import functional as F

from mmdebias.models.backbones.inception_i3d import SamePadMaxPool

pytestmark = pytest.mark.gpu
CPU = torch.device('cpu')
ENCODERS = ['InceptionI3D', 'C3DBN', 'R2Plus1D', 'R3D']


@pytest.fixture(autouse=True)
def exact():
    """Convolutions in float32, and of cuDNN's those that add up in one order."""
    flags = torch.backends.cudnn.flags(
        enabled=True, benchmark=False, deterministic=True, allow_tf32=False
    )
    with flags:
        yield


def share_off(found, expected):
    """By how much two tensors differ, as a share of the expected one's length."""
    found, expected = found.detach().cpu().double(), expected.detach().double()
    return ((found - expected).norm() / expected.norm()).item()


def pass_through(net, clips):
    """Return the features, the gradient of the clips and that of the first weights."""
    clips = clips.clone().requires_grad_()
    features = net(clips)
    # A loss that is not the same for all features: batch normalisation would take that away.
    weights = torch.linspace(-1, 1, features.numel(), device=clips.device)
    (features.flatten() * weights).sum().backward()
    return features, clips.grad, next(net.parameters()).grad


@pytest.mark.parametrize(
    ('name', 'layout'),
    [*((name, 'contiguous_format') for name in ENCODERS), ('InceptionI3D', 'channels_last_3d')],
)
def test_encoders_there_and_back(name, layout, gpu):
    net = MODELS.build(dict(type=name))
    net.init_weights()
    net.eval()  # statistics of two clips would enlarge what rounding differs by
    clips = torch.randn(2, 3, 8, 32, 32)
    expected = pass_through(copy.deepcopy(net), clips)
    there = net.to(gpu).to(memory_format=getattr(torch, layout))
    found = pass_through(there, clips.to(gpu))
    assert found[0].device.type == gpu.type and found[0].shape == expected[0].shape
    assert share_off(found[0], expected[0]) < 1e-4
    # A value that is all but zero may be on the other side of a ReLU, and its gradient with it:
    # that of R(2+1)D in 32 bits is .0015 off that in 64.
    for part, other in zip(found[1:], expected[1:]):
        assert share_off(part, other) < 0.02


@pytest.mark.parametrize('name', ENCODERS)
def test_batch_statistics_of_encoders(name, gpu):
    net = MODELS.build(dict(type=name))
    net.init_weights()
    net.train()
    clips = torch.randn(4, 3, 8, 48, 48)
    on_gpu = copy.deepcopy(net).to(gpu)
    with torch.no_grad():
        assert share_off(on_gpu(clips.to(gpu)), net(clips)) < 1e-2
    moved = dict(on_gpu.named_buffers())
    for key, buffer in net.named_buffers():
        torch.testing.assert_close(moved[key].cpu(), buffer, rtol=1e-2, atol=1e-3)


def plain_pool(pool, clips):
    """Clips, and what :class:`SamePadMaxPool` makes of them, by PyTorch's own function."""
    x = clips.clone().requires_grad_()
    plain = pool.pool
    pooled = F.max_pool3d(x, plain.kernel_size, plain.stride, plain.padding, ceil_mode=True)
    return x, F.relu(pooled) if pool.relu else pooled


@pytest.mark.parametrize('dtype', [torch.float32, torch.bfloat16])
@pytest.mark.parametrize('layout', [torch.contiguous_format, torch.channels_last_3d])
@pytest.mark.parametrize(
    ('kernel', 'stride', 'relu'),
    [((1, 3, 3), (1, 2, 2), True), ((3, 3, 3), (2, 2, 2), False), ((3, 3, 3), (1, 1, 1), False)],
)
def test_pooling_of_i3d_is_plain_pooling(kernel, stride, relu, layout, dtype, gpu):
    # Whole numbers: many are alike, and which of them has the gradient must agree, too.
    clips = torch.randint(-20, 20, (2, 16, 4, 12, 12)).to(gpu, dtype)
    clips = clips.contiguous(memory_format=layout)
    pool = SamePadMaxPool(kernel, stride, relu=relu)
    x, expected = plain_pool(pool, clips)
    own = clips.clone().requires_grad_()
    found = pool(own)
    assert found.dtype == dtype and torch.equal(found, expected)
    assert torch.equal(found.cpu().float(), plain_pool(pool, clips.cpu().float())[1])
    outer = torch.randint(1, 9, expected.shape, device=gpu).to(dtype)
    expected.backward(outer)
    found.backward(outer)
    torch.testing.assert_close(own.grad, x.grad)


def triplets():
    torch.manual_seed(0)
    built = MODELS.build(
        dict(
            type='TripletRecognizer',
            backbone=dict(type='R3D', depth=18),
            neck=dict(type='ProjectionNeck', in_channels=512, out_channels=16, num_layers=1),
            head=dict(type='TripletHead'),
            data_preprocessor=dict(
                type='ViewDataPreprocessor',
                views=dict(anchor=[], positive=[], negative=[]),
                mean=[0.5] * 3,
                std=[0.25] * 3,
            ),
        )
    )
    built.init_weights()
    return built.train()


def test_a_step_of_dsms_triplets(gpu):
    clips = torch.randint(0, 256, (4, 3, 3, 8, 32, 32), dtype=torch.uint8)
    names = ['anchor', 'positive', 'negative']
    samples = [ActionDataSample(metainfo=dict(view_names=names)) for _ in clips]
    batch = dict(inputs=list(clips), data_samples=samples)
    found = []
    for device in (CPU, gpu):
        model = triplets().to(device)
        optimizer = OptimWrapper(torch.optim.SGD(model.parameters(), lr=0.01))
        before = [weight.detach().clone() for weight in model.parameters()]
        losses = model.train_step(batch, optimizer)
        moved = [after - weight for after, weight in zip(model.parameters(), before)]
        found.append((losses, nn.utils.parameters_to_vector(moved)))
    (losses, step), (on_gpu, step_on_gpu) = found
    assert set(losses) == set(on_gpu) and losses['loss_triplet'] > 0
    for name, value in losses.items():
        assert on_gpu[name].item() == pytest.approx(value.item(), rel=1e-2, abs=1e-3)
    assert share_off(step_on_gpu, step) < 0.02
