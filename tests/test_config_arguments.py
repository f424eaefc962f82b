"""What a class does not take is named by its key in the config, whoever builds it."""

import pytest
import torch
from mmaction.registry import (
    HOOKS,
    LOOPS,
    METRICS,
    MODELS,
    OPTIMIZERS,
    PARAM_SCHEDULERS,
    TRANSFORMS,
)
from mmengine.config import Config
from mmengine.model import initialize
from mmengine.registry import DefaultScope
from mmengine.runner import Runner
from torch import nn

from helpers.running import ROOT
from mmdebias.compat.building import built_part
from mmdebias.config_arguments import keys_of, swallowed, title
from mmdebias.config_checks import ConfigError

LOADER = dict(batch_size=1, dataset=[0], sampler=dict(type='DefaultSampler', shuffle=False))


@pytest.fixture
def cfg():
    cfg = Config.fromfile(ROOT / 'configs' / 'finetune' / 'r3d_toy.py')
    cfg.model.backbone.base_channels = 4
    cfg.own_resize = dict(cfg.train_dataloader.dataset.pipeline.resize)  # a variable of the file
    with keys_of(cfg), DefaultScope.overwrite_default_scope('mmaction'):
        yield cfg


def part_of(cfg, place):
    for key in filter(None, place.split('.')):
        cfg = cfg[int(key)] if key.isdigit() else cfg[key]
    return cfg


@pytest.mark.parametrize(
    ('registry', 'built', 'key', 'value', 'says'),
    [
        (MODELS, 'model', 'model.tset_cfg', 1, "Recognizer3D takes no 'tset_cfg'; 'test_cfg' is"),
        (MODELS, 'model', 'model.backbone.dept', 50, "ResNet3d takes no 'dept'; 'depth' is meant?"),
        (MODELS, 'model', 'model.cls_head.nun_classes', 3, "I3DHead takes no 'nun_classes'; 'num_"),
        (
            MODELS,
            'model',
            'model.cls_head.dropout_ratio',
            'x',
            'I3DHead takes a number there: take the quotes away',
        ),
        (MODELS, 'model', 'model.backbone.depth', [50], 'ResNet3d takes a whole number there'),
        (MODELS, 'model', 'model.backbone.spatial_strides', '1', 'ResNet3d takes no text there'),
        (HOOKS, 'default_hooks.logger', 'default_hooks.logger.intreval', 2, "'interval' is"),
        (
            METRICS,
            'val_evaluator',
            'val_evaluator.metric_lst',
            1,
            "'metric_list'",
        ),
        (
            TRANSFORMS,
            'train_dataloader.dataset.pipeline.resize',
            'train_dataloader.dataset.pipeline.resize.scal',
            1,
            "Resize takes no 'scal'; 'scale' is meant?",
        ),
        (
            OPTIMIZERS,
            'optim_wrapper.optimizer',
            'optim_wrapper.optimizer.momentun',
            1,
            "'momentum'",
        ),
        (PARAM_SCHEDULERS, 'param_scheduler.0', 'param_scheduler.0.gama', 1, "'gamma' is meant?"),
        (
            PARAM_SCHEDULERS,
            'param_scheduler.0',
            'param_scheduler.0.milestones',
            120,
            'MultiStepLR takes several numbers there, such as [120]',
        ),
        (LOOPS, 'train_cfg', 'train_cfg.max_epoch', 2, "'max_epochs' is meant?"),
    ],
)
def test_a_misspelt_argument_is_one_line_whatever_is_built(cfg, registry, built, key, value, says):
    needed = {
        OPTIMIZERS: dict(params=[nn.Parameter(torch.ones(1))]),
        PARAM_SCHEDULERS: dict(optimizer=None),
        LOOPS: dict(runner=None, dataloader=None),
    }
    cfg.merge_from_dict({key: value})
    with pytest.raises(ConfigError) as stop:
        registry.build(part_of(cfg, built), default_args=needed.get(registry))
    assert str(stop.value).startswith(f'{key}={value!r}: ') and says in str(stop.value)
    assert isinstance(stop.value, TypeError)  # for those who catch what MMEngine raises
    assert '\n' not in str(stop.value) and stop.value.__suppress_context__


def test_what_is_built_without_a_registry_is_named_as_well(cfg):
    cfg.model.backbone.norm_cfg = dict(type='BN3d', epss=1)
    with pytest.raises(ConfigError, match=r"^model\.backbone\.norm_cfg\.epss=1: .* 'eps' is meant"):
        MODELS.build(cfg.model)
    cfg.model.cls_head.init_cfg = dict(type='Kaiming', layr='Linear')
    with pytest.raises(ConfigError, match=r"^model\.cls_head\.init_cfg\.layr='Linear': .*'layer'"):
        initialize(nn.Linear(2, 2), cfg.model.cls_head.init_cfg)
    cfg.train_dataloader = dict(LOADER, num_worker=2)
    with pytest.raises(ConfigError, match=r"^train_dataloader\.num_worker=2: .* 'num_workers' is"):
        Runner.build_dataloader(cfg.train_dataloader)
    Runner.build_dataloader(LOADER)


def test_a_class_that_is_not_there_and_an_argument_that_is_missing_are_named(cfg):
    cfg.model.backbone.type = 'R3DD'
    with pytest.raises(ConfigError, match=r"^model\.backbone\.type='R3DD': .*'R3D' is meant") as no:
        MODELS.build(cfg.model)
    assert isinstance(no.value, KeyError)
    del cfg.model.cls_head['num_classes']
    with pytest.raises(ConfigError, match=r"^model\.cls_head: I3DHead needs 'num_classes'"):
        MODELS.build(cfg.model.cls_head)


def test_a_part_without_a_class_is_named(cfg):
    cfg.default_hooks.chekpoint = dict(interval=5)
    with pytest.raises(ConfigError, match=r'^default_hooks\.chekpoint names no class: give it'):
        HOOKS.build(cfg.default_hooks.chekpoint)


@MODELS.register_module()
class FaultyNet(nn.Module):
    """Has a fault of its own, which looks like one of the config."""

    def __init__(self, width=1, how='inner'):
        super().__init__()
        if how == 'inner':
            FaultyNet(wdth=width)
        if how == 'other':
            (lambda width: width)(height=width)
        self.width = width + 1


@pytest.mark.parametrize('how', ['other', 'body'])
def test_what_is_no_fault_of_the_config_is_raised_as_it_is(cfg, how):
    cfg.model.backbone = dict(type='FaultyNet', how=how, width=3 if how == 'other' else [])
    with pytest.raises(TypeError) as stop:
        MODELS.build(cfg.model)
    assert not isinstance(stop.value, ConfigError)
    assert built_part(stop.value) == 'model.backbone (FaultyNet)'


def test_a_variable_of_the_config_is_not_named_where_a_key_is(cfg):
    resize = cfg.train_dataloader.dataset.pipeline.resize
    resize.rate = cfg.own_resize['rate'] = 1
    with pytest.raises(ConfigError, match=r'^train_dataloader\.dataset\.pipeline\.resize\.rate=1:'):
        TRANSFORMS.build(resize)


def test_what_stands_nowhere_in_the_config_is_named_by_its_class_alone(cfg):
    # A step that is None says nothing about a part that knows no such name.
    cfg.train_dataloader.dataset.pipeline.update(dict.fromkeys('abcdefgh'))
    assert title(dict(type='DefaultOptimWrapperConstructor', paramwise_cfg={})) == (
        'DefaultOptimWrapperConstructor'
    )


def test_without_a_config_the_class_is_named():
    with pytest.raises(ConfigError, match=r"^dept=50: R3D takes no 'dept'; 'depth' is meant\?$"):
        MODELS.build(dict(type='mmaction.R3D', dept=50))


def test_what_a_class_passes_over_is_told(cfg):
    assert not swallowed(cfg)
    cfg.train_dataloader.dataset.pipeline.sample.frame_intervall = 9
    cfg.default_hooks.checkpoint.intreval = 2
    assert swallowed(cfg) == [
        'train_dataloader.dataset.pipeline.sample.frame_intervall: SampleFrames has '
        "'frame_interval', which is meant?",
        "default_hooks.checkpoint.intreval: CheckpointHook has 'interval', which is meant?",
    ]
