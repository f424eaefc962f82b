"""On a GPU augments make of the same draws what they make on the CPU, and wait for nothing."""

import pytest
import torch
from mmaction.registry import MODELS

pytestmark = pytest.mark.gpu

AUGMENTS = {
    'FAME': dict(type='FAME'),
    'FAME, robust': dict(type='FAME', preset='robust'),
    'FAME, some clips': dict(type='FAME', p=0.5, mask='grid'),
    'BE': dict(type='BackgroundErasing'),
    'Gaussian noise': dict(type='GaussianNoiseFrame'),
    'other frame': dict(type='InterVideoFrame'),
    'Mixup': dict(type='VideoMixup'),
    'CutMix': dict(type='VideoCutMix'),
    'rotation': dict(type='InnerRotation'),
    'warping': dict(type='SpatialWarping'),
    'one of two': dict(
        type='OneAugment', augments=[dict(type='BackgroundErasing'), dict(type='VideoMixup')]
    ),
    'colours': dict(
        type='KorniaAugment',
        transforms=[
            dict(type='RandomGrayscale', p=0.5),
            dict(type='ColorJitter', brightness=0.4, contrast=0.4, saturation=0.4, hue=0.1, p=0.8),
            dict(type='RandomGaussianBlur', kernel_size=(5, 5), sigma=(0.1, 2.0), p=0.5),
        ],
    ),
}


@pytest.fixture
def alike(monkeypatch):
    """Draw on the CPU and move what was drawn: devices have generators of their own."""
    for name in ('rand', 'randint', 'randperm', 'randn_like', 'bernoulli'):
        drawn = getattr(torch, name)

        def draw(*args, device=None, drawn=drawn, **options):
            if args and isinstance(args[0], torch.Tensor):  # of its shape, on its device
                device, args = args[0].device, (args[0].cpu(), *args[1:])
            numbers = drawn(*args, **options)
            return numbers if device is None else numbers.to(device)

        monkeypatch.setattr(torch, name, draw)


def clips():
    return torch.randint(0, 256, (4, 3, 6, 32, 32), dtype=torch.uint8)


@pytest.mark.parametrize('name', AUGMENTS)
def test_the_same_draws_give_the_same_clips(name, gpu, alike):
    batch = clips()
    found = []
    for device in (torch.device('cpu'), gpu):
        augment = MODELS.build(AUGMENTS[name]).to(device)
        torch.manual_seed(3)
        found.append(augment(batch.to(device)))
    expected, on_gpu = found
    assert on_gpu.device.type == gpu.type and on_gpu.dtype == expected.dtype
    levels = 1 if expected.dtype == torch.uint8 else 1 / 255
    off = (on_gpu.cpu().double() - expected.double()).abs() > levels
    # A pixel of a mask here and there is on the other side of its threshold.
    assert off.double().mean() < (0.02 if name.startswith('FAME') else 0.001)


def test_fame_does_not_make_the_host_wait(gpu):
    if gpu.type != 'cuda':
        pytest.skip('a CPU has nothing to wait for')
    augment, batch = MODELS.build(dict(type='FAME')), clips().to(gpu)
    augment(batch)  # constants are made once
    before = torch.cuda.get_sync_debug_mode()
    torch.cuda.set_sync_debug_mode('error')
    try:
        augment(batch)
    finally:
        torch.cuda.set_sync_debug_mode(before)


def test_blending_of_classifiers(gpu):
    blending = MODELS.build(dict(type='FAMEBlending', num_classes=3))
    mean, std = (v.to(gpu) for v in (blending.mean, blending.std))
    images = ((clips().to(gpu).float() - mean) / std)[:, None]
    labels = torch.eye(4, 3, device=gpu)
    blended, kept = blending.do_blending(images, labels)
    assert blended.device.type == gpu.type and blended.shape == images.shape
    assert torch.equal(kept, labels)
