"""Mistakes in configs are found before anything is built of them."""

import pytest
from mmengine.config import Config

from helpers.running import ROOT
from mmdebias.config_checks import (
    ConfigError,
    merge_options,
    misspelt_keys,
    misspelt_options,
    uneven_groups,
    wrong_types,
)


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


def test_groups_that_do_not_divide_the_batch_are_named(cfg):
    cfg.merge_from_dict({'model.bn_groups': 3})
    (line,) = uneven_groups(cfg)
    assert line.startswith('model.bn_groups=3 does not divide train_dataloader.batch_size=16')
    cfg.merge_from_dict({'train_dataloader.batch_size': 9})
    assert not uneven_groups(cfg)
