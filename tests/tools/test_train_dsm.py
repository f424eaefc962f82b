"""DSM from end to end through the real runner: train, resume, fine-tune, both losses."""

import shutil
import sys

import pytest
import torch

from helpers.running import PRETRAIN, ROOT, losses, run

TRAIN = [sys.executable, ROOT / 'tools' / 'train.py']


@pytest.mark.slow
@pytest.mark.parametrize('name', ['r3d_toy', 'r3d_toy_triplet'])
def test_dsm_trains_resumes_exactly_and_is_fine_tuned(name, tmp_path, few_videos, train_options):
    config = f'configs/dsm/{name}.py'
    triplet = name.endswith('triplet')
    options = [*train_options, *(PRETRAIN[:1] if triplet else PRETRAIN)]
    whole = run([*TRAIN, config, '--work-dir', tmp_path / 'whole', *options])
    assert len(losses(whole)) == 4
    shown = ('dist_pos', 'dist_neg', 'satisfied') if triplet else ('top1', 'cos_pos', 'cos_own')
    assert all(f'{number}: ' in whole for number in (*shown, 'std', 'clips_per_s'))

    # As if it had been stopped after the first epoch.
    part = tmp_path / 'part'
    part.mkdir()
    shutil.copy(tmp_path / 'whole' / 'epoch_1.pth', part)
    (part / 'last_checkpoint').write_text(str(part / 'epoch_1.pth'))
    resumed = run([*TRAIN, config, '--work-dir', part, '--resume', *options])
    assert 'resumed epoch: 1, ' in resumed
    assert losses(resumed) == losses(whole)[2:]
    ends = [torch.load(d / 'epoch_2.pth', weights_only=True) for d in (tmp_path / 'whole', part)]
    for key, value in ends[0]['state_dict'].items():
        assert torch.equal(value, ends[1]['state_dict'][key]), key

    finetuned = run(
        [
            *TRAIN,
            'configs/finetune/r3d_toy.py',
            '--work-dir',
            tmp_path / 'finetune',
            *train_options,
            f'load_from={tmp_path / "whole" / "epoch_2.pth"}',
            'model.cls_head.in_channels=32',
            'model.cls_head.num_classes=2',
            f'val_dataloader.dataset.data_root={few_videos}',
            'train_cfg.max_epochs=1',
        ]
    )
    assert '120 of 120 tensors of backbone' in finetuned


@pytest.mark.slow
def test_video_too_short_to_shift_is_named_and_replaced(tmp_path, few_videos, train_options):
    from helpers.videos import write_video

    data = tmp_path / 'data'
    data.mkdir()
    for video in few_videos.glob('*.mp4'):
        (data / video.name).symlink_to(video)
    frames = torch.randint(0, 256, (1, 64, 64, 3), dtype=torch.uint8).numpy()
    write_video(data / 'one_frame.mp4', frames)
    (data / 'train.txt').write_text((few_videos / 'train.txt').read_text() + 'one_frame.mp4 0\n')
    options = [o.replace(str(few_videos), str(data)) for o in (*train_options, *PRETRAIN)]
    log = run(
        [
            *TRAIN,
            'configs/dsm/r3d_toy.py',
            '--work-dir',
            tmp_path / 'work',
            *options,
            'train_cfg.max_epochs=1',
            'train_dataloader.dataset.max_failed_share=0.2',
        ]
    )
    assert 'one_frame.mp4 cannot be read and is replaced' in log
    assert 'No shift of 4 to 12 frames changes a clip of a video of 1 frame(s)' in log
