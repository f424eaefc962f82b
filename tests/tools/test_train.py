"""Each method from end to end through the real runner: train, resume, fine-tune, retrieve."""

import re
import sys
from pathlib import Path

import mmaction
import pytest
import torch

from helpers.running import PRETRAIN, ROOT, losses, run

TRAIN = [sys.executable, ROOT / 'tools' / 'train.py']
TEST = [sys.executable, ROOT / 'tools' / 'test.py']
STOCK_TOOLS = Path(mmaction.__file__).parent / '.mim' / 'tools'


@pytest.mark.slow
def test_fame_trains_resumes_exactly_and_is_fine_tuned(tmp_path, few_videos, train_options):
    config = 'configs/fame/r3d_toy.py'
    options = [*train_options, *PRETRAIN]
    whole = run([*TRAIN, config, '--work-dir', tmp_path / 'whole', *options])
    assert len(losses(whole)) == 4
    for number in ('top1', 'cos_pos', 'cos_neg', 'std', 'clips_per_s', 'lr'):
        assert f'{number}: ' in whole
    assert (tmp_path / 'whole' / 'fame_masks.png').exists()

    # Stopped after the first epoch and resumed, with another number of workers.
    part = tmp_path / 'part'
    first = run([*TRAIN, config, '--work-dir', part, *options, 'train_cfg.max_epochs=1'])
    more = [option.replace('num_workers=1', 'num_workers=2') for option in options]
    second = run([*TRAIN, config, '--work-dir', part, '--resume', *more])
    assert 'resumed epoch: 1' in second
    assert losses(first) + losses(second) == losses(whole)
    ends = [torch.load(d / 'epoch_2.pth', weights_only=True) for d in (tmp_path / 'whole', part)]
    for name, value in ends[0]['state_dict'].items():
        assert torch.equal(value, ends[1]['state_dict'][name]), name
    assert ends[0]['state_dict']['queue.position'] == 16 * 2 % 32

    # The encoder goes on to classes and to retrieval.
    checkpoint = tmp_path / 'whole' / 'epoch_2.pth'
    finetuned = run(
        [
            *TRAIN,
            'configs/finetune/r3d_toy.py',
            '--work-dir',
            tmp_path / 'finetune',
            *train_options,
            f'load_from={checkpoint}',
            'model.cls_head.in_channels=32',
            'model.cls_head.num_classes=2',
            f'val_dataloader.dataset.data_root={few_videos}',
            'train_cfg.val_interval=2',
        ]
    )
    assert '120 of 120 tensors of backbone, 0 of 2 tensors of cls_head' in finetuned
    assert 'acc/top1' in finetuned
    retrieved = run(
        [
            *TEST,
            'configs/retrieval/r3d_toy.py',
            checkpoint,
            '--work-dir',
            tmp_path / 'retrieval',
            '--cfg-options',
            f'test_dataloader.dataset.gallery.data_root={few_videos}',
            f'test_dataloader.dataset.query.data_root={few_videos}',
            'model.backbone.base_channels=4',
        ]
    )
    assert 'retrieval/R@1: ' in retrieved


@pytest.mark.slow
def test_moco_trains_with_accumulation_scaled_learning_rate_and_tensorboard(
    tmp_path, train_options
):
    log = run(
        [
            *TRAIN,
            'configs/moco/r3d_toy.py',
            '--work-dir',
            tmp_path,
            '--auto-scale-lr',
            *train_options,
            *PRETRAIN,
            'optim_wrapper.accumulative_counts=2',
            'visualizer.vis_backends.0.type=TensorboardVisBackend',
            'train_cfg.max_epochs=1',
        ]
    )
    assert 'lr: 1.5000e-02' in log  # .03 for 16 videos, and there are 2 times 4
    assert 'steps on 8 videos (1 rank(s) of 4, 2 batch(es) accumulated)' in log
    assert len(losses(log)) == 2
    assert list(tmp_path.rglob('events.out.tfevents*'))


@pytest.mark.slow
def test_undecodable_videos_are_listed(tmp_path, few_videos, train_options):
    data = tmp_path / 'data'
    data.mkdir()
    for video in few_videos.glob('*.mp4'):
        (data / video.name).symlink_to(video)
    (data / 'broken.mp4').write_bytes(b'not a video')
    (data / 'train.txt').write_text((few_videos / 'train.txt').read_text() + 'broken.mp4 0\n')
    options = [option.replace(str(few_videos), str(data)) for option in (*train_options, *PRETRAIN)]
    command = [*TRAIN, 'configs/moco/r3d_toy.py', '--work-dir', tmp_path / 'work', *options]
    failed = run([*command, 'train_cfg.max_epochs=1'], check=False)
    assert 'TooManyUndecodableVideosError' in failed  # 1 of 9 is more than 10 %
    log = run([*command, 'train_cfg.max_epochs=1', 'train_dataloader.dataset.max_failed_share=0.2'])
    assert 'broken.mp4 cannot be read and is replaced' in log
    listed = (tmp_path / 'work' / 'undecodable_videos.txt').read_text().splitlines()
    assert [line.split('\t')[0] for line in listed] == [f'{data}/broken.mp4']


@pytest.mark.parametrize('tool', ['train.py', 'test.py'])
def test_tools_take_mmaction2s_arguments(tool):
    ours = run([sys.executable, ROOT / 'tools' / tool, '--help'])
    # The stock tool alone cannot be run everywhere, but it can be read.
    theirs = (STOCK_TOOLS / tool).read_text()
    for option in re.findall(r"add_argument\(\s*'(-*[\w-]+)'", theirs):
        assert option in ours


@pytest.mark.slow
def test_stock_tool_runs_our_config(tmp_path, train_options):
    options = [*train_options, *PRETRAIN, 'train_cfg.max_epochs=1']
    log = run(
        [
            sys.executable,
            STOCK_TOOLS / 'train.py',
            ROOT / 'configs' / 'fame' / 'r3d_toy.py',
            '--work-dir',
            tmp_path / 'work',
            *options,
        ],
        cwd=tmp_path,
    )
    assert len(losses(log)) == 2


STRANGER = """
_base_ = 'mmaction::recognition/i3d/i3d_imagenet-pretrained-r50_8xb8-32x2x1-100e_kinetics400-rgb.py'
custom_imports = dict(imports=['mmdebias'], allow_failed_imports=False)
train_pipeline = [
    dict(type='VideoInit'),
    dict(type='SampleViews', clip_len=4, frame_interval=2, views=dict(query={}, key={})),
    dict(type='VideoDecode'),
    dict(type='PerView', transforms=[
        dict(type='RandomResizedCrop'),
        dict(type='Resize', scale=(32, 32), keep_ratio=False)]),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs'),
]
model = dict(
    _delete_=True,
    type='MoCoRecognizer',
    backbone=dict(type='ResNet3d', depth=18, pretrained=None, pretrained2d=False, base_channels=4,
                  norm_eval=False, zero_init_residual=False),
    neck=dict(type='ProjectionNeck', in_channels=32),
    head=dict(type='InfoNCEHead'),
    queue_size=16,
    data_preprocessor=dict(
        type='ViewDataPreprocessor', mean=[.5] * 3, std=[.25] * 3,
        views=dict(query=[dict(type='FAME')], key=[])))
train_dataloader = dict(batch_size=4, num_workers=0, persistent_workers=False, dataset=dict(
    ann_file='{data}/train.txt', data_prefix=dict(video='{data}'), pipeline=train_pipeline))
val_dataloader = val_evaluator = val_cfg = None
test_dataloader = test_evaluator = test_cfg = None
train_cfg = dict(max_epochs=1)
default_hooks = dict(logger=dict(interval=1), checkpoint=dict(save_best=None))
"""


@pytest.mark.slow
def test_strangers_project_adds_one_line_to_a_stock_config(tmp_path, few_videos):
    """A stock VideoDataset, runtime and tool; our sampling, model and FAME."""
    (tmp_path / 'mine.py').write_text(STRANGER.replace('{data}', str(few_videos)))
    log = run([sys.executable, STOCK_TOOLS / 'train.py', 'mine.py'], cwd=tmp_path)
    assert len(losses(log)) == 2
