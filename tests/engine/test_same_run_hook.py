"""What is resumed is the training that was interrupted."""

from types import SimpleNamespace

import pytest
from mmengine.config import Config

from helpers.running import ROOT
from mmdebias.engine import SameRunHook
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


def resume(cfg, checkpoint, resumes=True):
    runner = SimpleNamespace(cfg=cfg, _resume=resumes, _load_from='epoch_1.pth')
    SameRunHook().after_load_checkpoint(runner, checkpoint)


def test_another_model_is_refused_and_what_differs_is_said(cfg):
    checkpoint = saved(cfg)
    cfg.merge_from_dict({'model.queue_size': 128, 'model.backbone.depth': 34})
    with pytest.raises(CheckpointError) as stop:
        resume(cfg, checkpoint)
    assert str(stop.value).startswith('epoch_1.pth is of another training:\n')
    assert 'model.queue_size is 256 there and 128 here' in str(stop.value)
    assert 'model.backbone.depth is 18 there and 34 here' in str(stop.value)
    resume(cfg, checkpoint, resumes=False)  # load_from takes what fits


def test_another_list_is_refused_wherever_it_lies(cfg, tmp_path):
    checkpoint = saved(cfg)
    (tmp_path / 'moved').mkdir()
    (tmp_path / 'train.txt').rename(tmp_path / 'moved' / 'train.txt')
    cfg.train_dataloader.dataset.data_root = str(tmp_path / 'moved')
    resume(cfg, checkpoint)
    (tmp_path / 'moved' / 'train.txt').write_text('a.mp4 0\n')
    with pytest.raises(CheckpointError, match=r'train\.txt \(2 videos\) there .*\(1 videos\)'):
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
