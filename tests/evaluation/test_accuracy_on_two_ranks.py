"""Accuracy through the real runner: two processes measure what one does."""

import logging

import pytest
import torch
from mmengine.config import Config
from mmengine.fileio import load
from mmengine.runner import Runner

from helpers.running import ROOT
from helpers.two_ranks import on_two_ranks

VIDEOS = 7  # two ranks cannot share them evenly: the sampler repeats the first


def runner_on(videos, work_dir):
    cfg = Config.fromfile(ROOT / 'configs' / 'finetune' / 'r3d_toy.py')
    cfg.work_dir, cfg.experiment_name = str(work_dir), str(work_dir)
    cfg.default_hooks, cfg.custom_hooks = dict(logger=None, checkpoint=None), []
    cfg.model.backbone.base_channels = 4
    cfg.model.cls_head.update(in_channels=32, num_classes=2)
    cfg.test_dataloader.update(batch_size=2, num_workers=0, persistent_workers=False)
    cfg.test_dataloader.dataset.update(data_root=str(videos), ann_file='odd.txt')
    cfg.test_evaluator = [
        dict(type='AccMetric'),
        dict(type='DumpResults', out_file_path=f'{work_dir}.pkl'),
    ]
    runner = Runner.from_cfg(cfg)
    torch.manual_seed(0)  # the runner has drawn a seed of its own
    runner.model.init_weights()
    return runner


def check_rank(rank, videos, work_dir, whole):
    from mmengine.registry import init_default_scope

    import mmdebias  # noqa: F401  (registers everything)

    logging.disable(logging.INFO)
    init_default_scope('mmaction')
    runner = runner_on(videos, work_dir)
    sampler = runner.test_dataloader.sampler
    assert len(list(sampler)) * sampler.world_size == VIDEOS + 1
    assert runner.test() == whole


@pytest.mark.slow
def test_two_ranks_measure_what_one_does_sample_for_sample(few_videos, tmp_path):
    # With some right and some wrong, no share of eight videos is one of seven.
    lines = (few_videos / 'train.txt').read_text().splitlines()[:VIDEOS]
    (few_videos / 'odd.txt').write_text('\n'.join(lines))
    logging.disable(logging.INFO)
    whole = runner_on(few_videos, tmp_path / 'one').test()
    on_two_ranks(check_rank, few_videos, tmp_path / 'two', whole)
    logging.disable(logging.NOTSET)
    right = whole['acc/top1'] * VIDEOS
    assert right == pytest.approx(round(right)) and 0 < right < VIDEOS

    one, two = load(tmp_path / 'one.pkl'), load(tmp_path / 'two.pkl')
    assert len(one) == len(two) == VIDEOS
    for first, second in zip(one, two):
        assert torch.equal(first['gt_label'], second['gt_label'])
        # Another batch size rounds otherwise.
        torch.testing.assert_close(first['pred_score'], second['pred_score'])
