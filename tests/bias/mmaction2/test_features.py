"""Features of MMAction2's own recognisers."""

import pytest
import torch
import torch.nn.functional as F
from mmaction.registry import MODELS
from mmaction.structures import ActionDataSample
from mmengine.config import Config

from mmdebias.bias.mmaction2.features import frozen_features
from mmdebias.evaluation.classifiers import load_classifier
from mmdebias.weights import CheckpointError

NORMALISE = dict(type='ActionDataPreprocessor', mean=[100] * 3, std=[50] * 3)


def slow_only(classes=3):
    backbone = dict(
        type='ResNet3dSlowOnly', depth=18, pretrained=None, lateral=False, base_channels=4,
        conv1_kernel=(1, 7, 7), conv1_stride_t=1, pool1_stride_t=1, inflate=(0, 0, 1, 1),
        norm_eval=False,
    )  # fmt: skip
    head = dict(type='I3DHead', num_classes=classes, in_channels=32, average_clips='prob')
    return dict(type='Recognizer3D', backbone=backbone, cls_head=head)


def slow_fast():
    path = dict(
        depth=18, pretrained=None, conv1_kernel=(1, 7, 7), conv1_stride_t=1, pool1_stride_t=1,
        norm_eval=False,
    )  # fmt: skip
    backbone = dict(
        type='ResNet3dSlowFast', pretrained=None, resample_rate=4, speed_ratio=4, channel_ratio=2,
        slow_pathway=dict(
            type='resnet3d', lateral=True, fusion_kernel=5, base_channels=4, dilations=(1,) * 4,
            inflate=(0, 0, 1, 1), **path,
        ),
        fast_pathway=dict(type='resnet3d', lateral=False, base_channels=2, **path),
    )  # fmt: skip
    head = dict(type='SlowFastHead', num_classes=3, in_channels=48, average_clips='prob')
    return dict(type='Recognizer3D', backbone=backbone, cls_head=head)


def tsn():
    backbone = dict(type='ResNet', depth=18, norm_eval=False)
    head = dict(type='TSNHead', num_classes=3, in_channels=512, average_clips='prob')
    return dict(type='Recognizer2D', backbone=backbone, cls_head=head)


def swin():
    backbone = dict(
        type='SwinTransformer3D', arch=dict(embed_dims=12, depths=[1, 1], num_heads=[1, 2]),
        patch_size=(2, 4, 4), window_size=(2, 4, 4), pretrained=None, pretrained2d=False,
        out_indices=(1,),
    )  # fmt: skip
    head = dict(type='I3DHead', num_classes=3, in_channels=24, average_clips='prob')
    return dict(type='Recognizer3D', backbone=backbone, cls_head=head)


def build(model, shape):
    model = dict(model, data_preprocessor=dict(NORMALISE, format_shape=shape))
    return MODELS.build(model).eval()


def batches(shape, sizes=(2, 1)):
    """Make batches as a loader does: clips (or frames) of two videos, then of one."""
    return [
        dict(
            inputs=[torch.randint(0, 256, shape, dtype=torch.uint8) for _ in range(size)],
            data_samples=[ActionDataSample() for _ in range(size)],
        )
        for size in sizes
    ]


@pytest.mark.parametrize(
    ('model', 'shape', 'form', 'width'),
    [
        (slow_only, (4, 3, 4, 32, 32), 'NCTHW', 32),
        (slow_fast, (4, 3, 8, 32, 32), 'NCTHW', 48),
        (swin, (4, 3, 4, 32, 32), 'NCTHW', 24),
        (tsn, (4, 3, 32, 32), 'NCHW', 512),
    ],
)
def test_stock_recognisers_give_a_unit_vector_a_clip(model, shape, form, width):
    recognizer, loader = build(model(), form), batches(shape)
    features = torch.stack(list(frozen_features(recognizer, loader)))
    assert features.shape == (3, 4, width)
    torch.testing.assert_close(features.norm(dim=2), torch.ones(3, 4))
    # Clips in the order of the batch, whatever was tested with them.
    second = dict(inputs=[loader[0]['inputs'][1]], data_samples=[ActionDataSample()])
    (alone,) = frozen_features(recognizer, [second])
    torch.testing.assert_close(alone, features[1], atol=1e-5, rtol=1e-4)


def test_they_are_the_normalised_average_of_the_feature_map():
    recognizer, loader = build(slow_only(), 'NCTHW'), batches((2, 3, 4, 32, 32), sizes=(1,))
    with torch.no_grad():
        maps = recognizer.backbone((loader[0]['inputs'][0].float() - 100) / 50)
    expected = F.normalize(maps.mean((2, 3, 4)), dim=1)
    (features,) = frozen_features(recognizer, loader)
    torch.testing.assert_close(features, expected)


def test_some_rows_are_spread_over_the_clips():
    recognizer, loader = build(slow_only(), 'NCTHW'), batches((5, 3, 4, 32, 32))
    every, some = (list(frozen_features(recognizer, loader, rows=rows)) for rows in (None, 3))
    torch.testing.assert_close(some, [features[[0, 2, 4]] for features in every])


def test_the_head_is_left_as_it_was():
    recognizer, loader = build(slow_only(), 'NCTHW'), batches((2, 3, 4, 32, 32))
    list(frozen_features(recognizer, loader))
    assert not recognizer.backbone._forward_hooks


@pytest.fixture
def cfg():
    return Config(dict(model=dict(slow_only(), data_preprocessor=NORMALISE)))


def test_a_whole_checkpoint_loads(cfg, tmp_path):
    state = MODELS.build(cfg.model).state_dict()
    # From a wrapped model, and from a torch that kept no counters.
    state = {f'module.{k}': v for k, v in state.items() if 'num_batches' not in k}
    torch.save(dict(state_dict=state), tmp_path / 'a.pth')
    model = load_classifier(cfg, tmp_path / 'a.pth')
    assert not model.training
    torch.testing.assert_close(model.cls_head.fc_cls.weight, state['module.cls_head.fc_cls.weight'])


@pytest.mark.parametrize('what', ['another width', 'no head', 'another net'])
def test_a_checkpoint_of_something_else_is_an_error(cfg, tmp_path, what):
    other = slow_only()
    if what == 'another width':
        other['backbone']['base_channels'], other['cls_head']['in_channels'] = 8, 64
    state = MODELS.build(tsn() if what == 'another net' else other).state_dict()
    if what == 'no head':
        state = {key: value for key, value in state.items() if key.startswith('backbone')}
    torch.save(dict(state_dict=state), tmp_path / 'a.pth')
    with pytest.raises(CheckpointError, match=r'Recognizer3D on ResNet3dSlowOnly .*stay unfilled'):
        load_classifier(cfg, tmp_path / 'a.pth')
