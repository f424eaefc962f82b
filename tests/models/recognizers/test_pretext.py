import copy

import pytest
import torch
from mmaction.registry import MODELS

from mmdebias.ops import temporal_consistency

TINY_RESNET = dict(
    type='ResNet3d',
    depth=18,
    pretrained=None,
    pretrained2d=False,
    base_channels=4,
    conv1_stride_t=1,
    pool1_stride_t=1,
    norm_eval=False,
    zero_init_residual=False,
)
TASKS = {
    'rotation': (dict(type='Rotation'), dict(type='PretextHead')),
    'puzzles': (
        dict(type='SpaceTimePuzzles', clip_len=16, size=32, jitter=(0, 2, 2)),
        dict(type='PretextHead', hidden_channels=16),
    ),
    'clip order': (
        dict(type='ClipOrder', clip_len=4, gap=2),
        dict(type='PairwiseOrderHead', hidden_channels=16),
    ),
}


def model(name='rotation', **kwargs):
    task, head = TASKS[name]
    settings = dict(
        type='PretextRecognizer',
        backbone=TINY_RESNET,
        task=task,
        head=dict(head, in_channels=32),
        data_preprocessor=dict(
            type='ViewDataPreprocessor',
            mean=[0.5] * 3,
            std=[0.25] * 3,
            views=dict(query=[], disturbed=[]),
        ),
    )
    built = MODELS.build({**copy.deepcopy(settings), **copy.deepcopy(kwargs)})
    built.init_weights()
    return built


def views(n=4):
    return {view: torch.randn(n, 3, 16, 32, 32) for view in ('query', 'disturbed')}


@pytest.mark.parametrize('name', TASKS)
@pytest.mark.parametrize('disturbed', [None, 'disturbed'])
def test_every_part_learns(name, disturbed):
    recognizer = model(name, disturbed_view=disturbed)
    losses = recognizer.loss(views())
    expected = {'loss_pretext', 'top1'} | ({'loss_consistency'} if disturbed else set())
    assert set(losses) == expected
    sum(value for key, value in losses.items() if 'loss' in key).backward()
    assert all(p.grad is not None for p in recognizer.parameters())


@pytest.mark.parametrize('name', TASKS)
def test_consistency_is_that_of_the_transformed_views(name):
    recognizer = model(name, disturbed_view='disturbed', consistency_weight=0.5).eval()
    inputs = views()
    torch.manual_seed(3)
    losses = recognizer.loss(inputs)
    torch.manual_seed(3)
    pieces, _ = recognizer.task(inputs)
    maps = {view: recognizer.backbone(p.flatten(0, 1)) for view, p in pieces.items()}
    expected = 0.5 * temporal_consistency(maps['query'], maps['disturbed'])
    torch.testing.assert_close(losses['loss_consistency'], expected)


def test_equal_views_are_consistent():
    inputs = views()
    inputs['disturbed'] = inputs['query']
    losses = model(disturbed_view='disturbed').eval().loss(inputs)
    assert losses['loss_consistency'] == 0


def test_task_is_learnt():
    """Clips that are brighter at the top: which way up they are can be seen."""
    recognizer = model()
    optimiser = torch.optim.SGD(recognizer.parameters(), lr=0.02, momentum=0.9)
    ramp = torch.linspace(2, -2, 32).view(1, 1, 1, 32, 1)
    history = []
    for _ in range(25):
        losses = recognizer.loss(dict(query=torch.randn(8, 3, 4, 32, 32) / 2 + ramp))
        optimiser.zero_grad()
        losses['loss_pretext'].backward()
        optimiser.step()
        history.append(losses['top1'].item())
    assert sum(history[-5:]) / 5 > 0.7


def test_mixed_precision_trains():
    recognizer = model(disturbed_view='disturbed')
    with torch.autocast('cpu', dtype=torch.bfloat16):
        losses = recognizer.loss(views())
    assert losses['loss_pretext'].dtype == losses['loss_consistency'].dtype == torch.float32
    (losses['loss_pretext'] + losses['loss_consistency']).backward()
    assert all(torch.isfinite(p.grad).all() for p in recognizer.parameters())


def test_encoder_is_where_a_recogniser_looks_for_it():
    recognizer = model()
    assert 'backbone.conv1.conv.weight' in recognizer.state_dict()
    clips = torch.randn(2, 3, 3, 4, 32, 32)
    assert recognizer(clips, mode='tensor').shape[:2] == (6, 32)


def test_bad_arguments_are_refused_when_built():
    with pytest.raises(ValueError, match='consistency_weight=-1'):
        model(consistency_weight=-1)
    with pytest.raises(ValueError, match="reduction='max'"):
        model(consistency_reduction='max')
    with pytest.raises(ValueError, match=r"not \['other'\]"):
        model(disturbed_view='other')


def test_backbone_without_a_map_is_refused():
    recognizer = model()
    recognizer.backbone.forward = lambda clips: clips.mean((2, 3, 4))
    with pytest.raises(ValueError, match='returns one feature map'):
        recognizer.loss(views())


def test_predicting_says_what_to_do_instead():
    with pytest.raises(RuntimeError, match='configs/finetune'):
        model()(torch.randn(1, 1, 3, 4, 32, 32), mode='predict')
