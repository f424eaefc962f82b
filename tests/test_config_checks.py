"""Mistakes in configs are found before anything is built of them."""

from collections.abc import Sequence

import pytest
from mmengine.config import Config

from helpers.running import ROOT
from mmdebias.config_checks import (
    ConfigError,
    fits,
    impossible_loaders,
    merge_options,
    missing_parts,
    misspelt_keys,
    misspelt_options,
    uneven_groups,
    wrong_types,
)

CROP = 'train_dataloader.dataset.pipeline.per_view.crop.area_range'


@pytest.fixture
def cfg():
    return Config.fromfile(ROOT / 'configs' / 'fame' / 'r3d_toy.py')


@pytest.mark.parametrize(
    ('key', 'near'),
    [
        ('trian_dataloader', 'train_dataloader'),
        ('optim_wraper', 'optim_wrapper'),
        ('load_form', 'load_from'),
        ('custom_hook', 'custom_hooks'),
    ],
)
def test_a_misspelt_key_is_told_from_a_variable(key, near):
    cfg = Config({key: 1, 'clip': 2, 'train_set': 3, 'my_pipeline': 4, 'head': 5})
    assert misspelt_keys(cfg) == [f'Nothing reads {key!r} of the config: {near!r} is meant?']
    # In a config that inherits the right one it is misspelt all the more.
    assert misspelt_keys(Config({key: 1, near: 2}))


def test_an_option_that_changes_nothing_is_named(cfg):
    found = misspelt_options(
        cfg,
        [
            'modle.queue_size', 'model.quue_size', 'train_dataloader.dataset.pipeline.smaple.x',
            'xyz', 'load_from', 'model.queue_size', 'custom_hooks.1.interval', 'model.test_cfg',
        ],
    )  # fmt: skip
    assert found == [
        '--cfg-options modle.queue_size: there is no such key; model is meant?',
        '--cfg-options model.quue_size: there is no such key; model.queue_size is meant?',
        '--cfg-options train_dataloader.dataset.pipeline.smaple.x: there is no such key; '
        'train_dataloader.dataset.pipeline.sample is meant?',
        "--cfg-options xyz: nothing reads 'xyz' of a config",
    ]
    with pytest.warns(UserWarning, match=r'model\.queue_size is meant'):
        merge_options(cfg, {'model.quue_size': 5, 'model.momentum': 0.5})
    assert cfg.model.momentum == 0.5
    with pytest.raises(ConfigError, match=r'^--cfg-options: Index 99 exceeds the length'):
        merge_options(cfg, {'custom_hooks.99.type': 'KNNHook'})


@pytest.mark.parametrize(
    ('key', 'value', 'message'),
    [
        ('model.queue_size', '256', "='256' must be a whole number: take the quotes away"),
        ('model.queue_size', 256.0, '=256.0 must be a whole number'),
        ('model.momentum', '0.9', "='0.9' must be a number: take"),
        ('model.symmetric', 'False', "='False' must be True or False"),
        ('model.head.temperature', [0.1], r'=[0.1] must be a number'),
        ('train_dataloader.batch_size', '16', "='16' must be a whole number"),
        ('train_dataloader.dataset.time_limit', '9', "='9' must be a number or None"),
        ('train_cfg.max_epochs', '5', "='5' must be a whole number"),
        ('optim_wrapper.optimizer.lr', '0.1', "='0.1' must be a number"),
        ('param_scheduler.0.gamma', '0.1', "='0.1' must be a number"),
        ('default_hooks.logger.interval', '1', "='1' must be a whole number"),
        ('train_dataloader.dataset.pipeline.sample.clip_len', '8', "='8' must be a whole number"),
    ],
)
def test_a_value_of_another_type_is_named(cfg, key, value, message):
    cfg.merge_from_dict({key: value})
    assert [line[: len(key + message)] for line in wrong_types(cfg)] == [key + message]


@pytest.mark.parametrize(
    ('key', 'value', 'message'),
    [
        ('param_scheduler.0.milestones', 120, '=120 must be a list of whole numbers'),
        (CROP, 0.2, '=0.2 must be two numbers, the lower first'),
        (CROP, [0.2, 0.5, 1.0], '=[0.2, 0.5, 1.0] must be two numbers'),
        (CROP, (1.0, 0.2), '=(1.0, 0.2) must be two numbers'),
        ('model.data_preprocessor.mean', 114.0, '=114.0 must be a list of numbers'),
    ],
)
def test_a_number_in_the_place_of_several_is_named(cfg, key, value, message):
    cfg.merge_from_dict({key: value})
    (line,) = wrong_types(cfg)
    assert line.startswith(key + message)


@pytest.mark.parametrize(
    ('hint', 'right', 'wrong'),
    [
        (tuple[float, float], [(0, 1.5), [1, 2]], [(1,), 1, (1, 'a'), '12']),
        (Sequence[int], [[], [1, 2]], [1, [1.5]]),
        (tuple[int, ...] | None, [None, (1, 2, 3)], [1]),
        (tuple[float], [(1, 2)], [0.5]),  # which is meant for any length, more often than not
        (int | tuple[int, int], [1, (1, 2)], [(1,), '1']),
    ],
)
def test_lists_of_numbers_are_told(hint, right, wrong):
    assert all(fits(hint, value) is True for value in right)
    assert all(fits(hint, value) is False for value in wrong)
    assert fits(hint | str, wrong[0]) is None  # text is not looked into


def test_a_part_that_is_needed_is_missed(cfg):
    assert not missing_parts(cfg, trains=True)
    cfg.model, cfg.env_cfg = None, 5
    assert missing_parts(cfg, trains=True) == [
        'model=None, and a training needs it: give a config that has one',
        'env_cfg=5 must be a dict',
    ]
    cfg = Config.fromfile(ROOT / 'configs' / 'retrieval' / 'r3d_toy.py')
    assert not missing_parts(cfg, trains=False)
    assert missing_parts(cfg, trains=True)[0].startswith('train_dataloader=None, and a training')


def test_a_loader_that_cannot_load_is_named(cfg):
    assert not impossible_loaders(cfg, trains=True)
    loader = {'batch_size': 0, 'num_workers': -1}
    cfg.merge_from_dict({f'train_dataloader.{key}': value for key, value in loader.items()})
    assert impossible_loaders(cfg, trains=True) == [
        'train_dataloader.batch_size=0 must be 1 or more',
        'train_dataloader.num_workers=-1 must be 0 or more',
    ]
    assert not impossible_loaders(cfg, trains=False)
    cfg.train_dataloader.update(batch_size=1, num_workers=0, persistent_workers=True)
    (line,) = impossible_loaders(cfg, trains=True)
    assert line.endswith('set train_dataloader.persistent_workers=False')


@pytest.mark.parametrize(
    ('key', 'says'),
    [
        ('auto_scale_lr.base_batch_sise', "of auto_scale_lr: 'base_batch_size' is meant?"),
        ('auto_scale_lr.enabel', "of auto_scale_lr: 'enable' is meant?"),
        ('env_cfg.cudnn_benchmrak', "of env_cfg: 'cudnn_benchmark' is meant?"),
        ('env_cfg.xyz', 'of env_cfg: it has cudnn_benchmark, mp_cfg, dist_cfg, resource_limit'),
        ('env_cfg.dist_cfg.backnd', "of env_cfg.dist_cfg: 'backend' is meant?"),
        ('default_hooks.chekpoint', "of default_hooks: 'checkpoint' is meant?"),
        ('optim_wrapper.paramwise_cfg.bais_lr_mult', "paramwise_cfg: 'bias_lr_mult' is meant?"),
        ('model.test_cfg.feature_extracton', "of model.test_cfg: 'feature_extraction' is meant?"),
    ],
)
def test_a_misspelt_key_of_a_part_without_a_class_is_named(cfg, key, says):
    assert not misspelt_keys(cfg)
    cfg.merge_from_dict({key: 1})
    (line,) = misspelt_keys(cfg)
    assert line.startswith(f'Nothing reads {key.rpartition(".")[2]!r} ') and line.endswith(says)


def test_what_such_a_part_may_hold_beside_is_left_alone(cfg):
    cfg.merge_from_dict(
        {
            'default_hooks.my_pictures': dict(type='VisualizationHook'),
            'env_cfg.dist_cfg.init_method': 'env://',
            'optim_wrapper.constructor': 'LearningRateDecayOptimizerConstructor',
            'optim_wrapper.paramwise_cfg': dict(num_layers=12),
        }
    )
    assert not misspelt_keys(cfg)


def test_groups_that_do_not_divide_the_batch_are_named(cfg):
    cfg.merge_from_dict({'model.bn_groups': 3})
    (line,) = uneven_groups(cfg)
    assert line.startswith('model.bn_groups=3 does not divide train_dataloader.batch_size=16')
    cfg.merge_from_dict({'train_dataloader.batch_size': 9})
    assert not uneven_groups(cfg)
