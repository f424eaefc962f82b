"""Training on a GPU: a step as on the CPU, mixed precision, the queue, resuming, AugmentAhead."""

import copy
import io
import math

import pytest
import torch
from mmaction.registry import MODELS
from mmaction.structures import ActionDataSample
from mmengine.optim import AmpOptimWrapper, OptimWrapper

from mmdebias.engine import AugmentAhead
from mmdebias.models.data_preprocessor import PreparedBatch
from mmdebias.models.feature_queue import FeatureQueue

pytestmark = pytest.mark.gpu
ENCODER = dict(
    type='ResNet3d', depth=18, pretrained=None, pretrained2d=False, base_channels=4,
    norm_eval=False, zero_init_residual=False,
)  # fmt: skip


def moco(gpu, augments=()):
    torch.manual_seed(0)
    model = MODELS.build(
        dict(
            type='MoCoRecognizer',
            backbone=ENCODER,
            neck=dict(type='ProjectionNeck', in_channels=32, out_channels=16),
            head=dict(type='InfoNCEHead', temperature=0.2),
            queue_size=32,
            data_preprocessor=dict(
                type='ViewDataPreprocessor',
                views=dict(query=augments, key=augments),
                mean=[0.5] * 3,
                std=[0.25] * 3,
            ),
        )
    )
    return model.train().to(gpu)


def batch(seed=0):
    generator = torch.Generator().manual_seed(seed)
    clips = torch.randint(0, 256, (4, 2, 3, 4, 32, 32), dtype=torch.uint8, generator=generator)
    samples = [ActionDataSample(metainfo=dict(view_names=['query', 'key'])) for _ in clips]
    return dict(inputs=list(clips), data_samples=samples)


def wrapper(model, gpu, amp=False, **options):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    # MMEngine's mixed precision asks for a GPU.
    kind = AmpOptimWrapper if amp and gpu.type == 'cuda' else OptimWrapper
    return kind(optimizer=optimizer, **(options if kind is AmpOptimWrapper else {}))


def losses(model, optimizer, steps):
    return [model.train_step(batch(step), optimizer)['loss'].item() for step in steps]


@pytest.fixture
def exact():
    """Convolutions in float32: TF32, which they may use by default, moves the third loss by 5 %."""
    before = torch.backends.cudnn.allow_tf32
    torch.backends.cudnn.allow_tf32 = False
    yield
    torch.backends.cudnn.allow_tf32 = before


def test_steps_as_on_the_cpu(gpu, exact):
    cpu = torch.device('cpu')
    found = [
        losses(model, wrapper(model, device), range(3))
        for device in (cpu, gpu)
        for model in [moco(device)]
    ]
    assert found[1] == pytest.approx(found[0], rel=0.02)


@pytest.mark.parametrize('dtype', ['bfloat16', 'float16'])
def test_mixed_precision_steps(dtype, gpu):
    plain, mixed = moco(gpu), moco(gpu)
    start = copy.deepcopy(mixed.state_dict())
    expected = losses(plain, wrapper(plain, gpu), range(1))
    # The scaler lets the first steps out whose scaled gradients overflow.
    found = losses(mixed, wrapper(mixed, gpu, amp=True, dtype=dtype), range(8))
    assert found[0] == pytest.approx(expected[0], rel=0.05)
    assert all(map(math.isfinite, found))
    weight = mixed.backbone.conv1.conv.weight
    assert weight.dtype == torch.float32 and weight.isfinite().all()
    assert not torch.equal(weight, start['backbone.conv1.conv.weight'])


def test_the_queue_takes_the_same_keys(gpu):
    queues = [FeatureQueue(8, 4), FeatureQueue(8, 4).to(gpu)]
    for keys in torch.randn(3, 6, 4):
        for queue in queues:
            queue.enqueue(keys.to(queue.features.device))
    assert torch.equal(queues[1].features.cpu(), queues[0].features)
    assert queues[1].position.item() == queues[0].position.item() == 18 % 8


@pytest.mark.parametrize('amp', [False, True])
def test_a_resumed_training_goes_on_as_it_would_have(amp, gpu):
    model = moco(gpu)
    optimizer = wrapper(model, gpu, amp)
    losses(model, optimizer, range(2))
    file = io.BytesIO()
    torch.save(dict(model=model.state_dict(), optimizer=optimizer.state_dict()), file)
    expected = losses(model, optimizer, range(2, 4))

    file.seek(0)
    content = torch.load(file, map_location='cpu', weights_only=True)
    again = moco(gpu)
    again.load_state_dict(content['model'])
    resumed = wrapper(again, gpu, amp)
    resumed.load_state_dict(copy.deepcopy(content['optimizer']))
    # The first loss is that of the same weights; kernels that add up in any order change the next.
    first, second = losses(again, resumed, range(2, 4))
    assert first == pytest.approx(expected[0], rel=1e-3)
    assert second == pytest.approx(expected[1], rel=0.1)


def test_batches_prepared_ahead_are_whole(gpu):
    model = moco(gpu)
    prepare = model.data_preprocessor
    batches = [PreparedBatch(batch(seed)) for seed in range(6)]
    side = AugmentAhead(prepare.prepare, getattr(torch, gpu.type))
    side.queue(batches[0])
    for now, following in zip(batches, [*batches[1:], None]):
        if following is not None:
            side.queue(following)
        side.take(now)
        found = now.prepared['inputs']['query'] * 1  # on the training's stream
        now.prepared = None
        # Memory that is free now may be written to by the next preparation, not before.
        expected = prepare.prepare(now)['inputs']['query']
        torch.testing.assert_close(found, expected)


def test_views_that_share_draws_are_augmented_alike(gpu):
    colour = [dict(type='BackgroundErasing')]
    model = moco(gpu, colour)
    preprocessor = model.data_preprocessor
    preprocessor.same_draws = dict(key='query')
    clips = torch.randint(0, 256, (4, 1, 3, 4, 32, 32), dtype=torch.uint8).expand(
        -1, 2, -1, -1, -1, -1
    )
    inputs = preprocessor.prepare(dict(batch(), inputs=list(clips)), training=True)['inputs']
    torch.testing.assert_close(inputs['query'], inputs['key'])
