"""What is resumed is the training that was interrupted."""

import copy
import json
from types import SimpleNamespace

import pytest
from mmengine.config import Config

from helpers.running import ROOT
from mmdebias.engine import SameRunHook
from mmdebias.engine.same_run_hook import KEY, check_same_run
from mmdebias.weights import CheckpointError


@pytest.fixture
def cfg(tmp_path):
    cfg = Config.fromfile(ROOT / 'configs' / 'fame' / 'r3d_toy.py')
    (tmp_path / 'train.txt').write_text('a.mp4 0\nb.mp4 1\n')
    cfg.train_dataloader.dataset.data_root = str(tmp_path)
    return cfg


def saved(cfg):
    checkpoint = dict(meta={})
    SameRunHook().before_save_checkpoint(SimpleNamespace(cfg=cfg), checkpoint)
    return checkpoint


def resume(cfg, checkpoint):
    check_same_run(cfg, checkpoint, 'epoch_1.pth')


def test_another_model_is_refused_and_what_differs_is_said(cfg):
    checkpoint = saved(cfg)
    cfg.merge_from_dict({'model.queue_size': 128, 'model.backbone.depth': 34})
    with pytest.raises(CheckpointError) as stop:
        resume(cfg, checkpoint)
    assert str(stop.value).startswith('epoch_1.pth is of another training:\n')
    assert 'model.queue_size is 256 there and 128 here' in str(stop.value)
    assert 'model.backbone.depth is 18 there and 34 here' in str(stop.value)
    runner = SimpleNamespace(cfg=cfg, _resume=False)
    SameRunHook().after_load_checkpoint(runner, checkpoint)  # load_from takes what fits


def test_another_list_is_refused_wherever_it_lies(cfg, tmp_path):
    checkpoint = saved(cfg)
    (tmp_path / 'moved').mkdir()
    (tmp_path / 'train.txt').rename(tmp_path / 'moved' / 'train.txt')
    cfg.train_dataloader.dataset.data_root = str(tmp_path / 'moved')
    resume(cfg, checkpoint)
    (tmp_path / 'moved' / 'train.txt').write_text('a.mp4 0\n')
    with pytest.raises(CheckpointError, match=r'train\.txt \(2 videos\) there .*\(1 videos\)'):
        resume(cfg, checkpoint)


@pytest.mark.parametrize(
    ('before', 'after'),
    [
        ({'backbone.pretrained': '/a/r50.pth'}, {'backbone.pretrained': '/moved/r50.pth'}),
        ({'backbone.pretrained2d': True}, {'backbone.pretrained2d': False}),
        ({'backbone.torchvision_pretrain': True}, {}),
        (
            {'backbone.init_cfg': dict(type='Pretrained', checkpoint='/a/r50.pth', prefix='b.')},
            {'backbone.init_cfg': dict(type='Kaiming', layer='Conv3d')},
        ),
        ({'neck.init_cfg': [dict(type='Pretrained', checkpoint='a.pth')]}, {}),
        ({'teacher.weights': 'DEFAULT'}, {'teacher.weights': None}),
        ({'_scope_': 'mmaction', 'backbone.type': 'mmaction.ResNet3d'}, {}),
    ],
)
def test_where_initial_weights_come_from_does_not_count(cfg, before, after):
    """Nor does how a config was inherited, by a name or by a path."""
    other = copy.deepcopy(cfg)
    cfg.merge_from_dict({f'model.{key}': value for key, value in before.items()})
    other.merge_from_dict({f'model.{key}': value for key, value in after.items()})
    resume(other, saved(cfg))
    resume(cfg, saved(other))


def test_numbers_of_such_names_do_count(cfg):
    cfg.model.head.weights = [1, 2]
    checkpoint = saved(cfg)
    cfg.model.head.weights = [1, 3]
    with pytest.raises(CheckpointError, match=r'model\.head\.weights\.1 is 2 there and 3 here'):
        resume(cfg, checkpoint)


def test_a_checkpoint_that_has_noted_such_keys_is_resumed(cfg):
    """As those from before they did not count."""
    checkpoint = saved(cfg)
    noted = json.loads(checkpoint['meta'][KEY])
    noted['model'].update({'backbone.pretrained2d': True, '_scope_': 'mmaction'})
    checkpoint['meta'][KEY] = json.dumps(noted)
    resume(cfg, checkpoint)


def test_what_does_not_change_the_training_may_change(cfg):
    checkpoint = saved(cfg)
    cfg.merge_from_dict(
        {
            'train_cfg.max_epochs': 99,
            'train_dataloader.num_workers': 7,
            'optim_wrapper.optimizer.lr': 0.5,
            'model.data_preprocessor.non_blocking': True,
            'model.backbone.pretrained': 'a.pth',
        }
    )
    resume(cfg, checkpoint)
    resume(cfg, dict(meta={}))  # of before there was this hook
