"""BE from end to end through the real runner."""

import sys

import pytest

from helpers.running import PRETRAIN, ROOT, losses, run

TRAIN = [sys.executable, ROOT / 'tools' / 'train.py']


@pytest.mark.slow
def test_contrastive_be_with_hard_negatives_trains_and_resumes(tmp_path, train_options):
    command = [*TRAIN, 'configs/be/r3d_toy.py', '--work-dir', tmp_path]
    options = [*train_options, *PRETRAIN]
    whole = run([*command, *options, 'train_cfg.max_epochs=1'])
    more = run([*command, '--resume', *options])
    assert 'resumed epoch: 1' in more
    assert len(losses(whole)) == len(losses(more)) == 2


@pytest.mark.slow
def test_task_with_consistency_trains_and_is_fine_tuned(tmp_path, few_videos, train_options):
    log = run(
        [
            *TRAIN,
            'configs/be/clip_order_r3d_toy_be.py',
            '--work-dir',
            tmp_path / 'pretext',
            *train_options,
            'model.head.in_channels=32',
            # The videos of the tests have 24 frames.
            'model.task.clip_len=4',
            'model.task.gap=4',
            'train_dataloader.dataset.pipeline.sample.clip_len=20',
        ]
    )
    assert len(losses(log)) == 4
    for number in ('loss_pretext', 'loss_consistency', 'top1'):
        assert f'{number}: ' in log
    finetuned = run(
        [
            *TRAIN,
            'configs/finetune/r3d_toy.py',
            '--work-dir',
            tmp_path / 'finetune',
            *train_options,
            f'load_from={tmp_path / "pretext" / "epoch_2.pth"}',
            'model.cls_head.in_channels=32',
            'model.cls_head.num_classes=2',
            f'val_dataloader.dataset.data_root={few_videos}',
            'train_cfg.max_epochs=1',
        ]
    )
    assert '120 of 120 tensors of backbone, 0 of 2 tensors of cls_head' in finetuned
