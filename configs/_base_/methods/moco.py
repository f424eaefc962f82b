# MoCo as in FAME, section 4.2 and appendix A.1: the base of every pre-training. A leaf gives the
# encoder and the data set.

# FAME's photometric augmentations (appendix A.2) and the normalisation of its released models.
colour = [
    dict(
        type='KorniaAugment',
        transforms=[
            dict(type='RandomGrayscale', p=0.2),
            dict(type='ColorJitter', brightness=0.4, contrast=0.4, saturation=0.4, hue=0.1, p=0.8),
            dict(type='RandomGaussianBlur', kernel_size=(23, 23), sigma=(0.1, 2.0), p=0.5),
        ],
    )
]
normalisation = dict(mean=[0.43216, 0.394666, 0.37645], std=[0.22803, 0.22145, 0.216989])

model = dict(
    type='MoCoRecognizer',
    neck=dict(type='ProjectionNeck', out_channels=128),
    head=dict(type='InfoNCEHead', temperature=0.1),
    queue_size=65536,
    momentum=0.999,
    symmetric=True,
    data_preprocessor=dict(
        type='ViewDataPreprocessor', views=dict(query=colour, key=colour), **normalisation
    ),
)

# Two clips of a video at different times, 16 frames with stride 2, random crops.
train_dataloader = dict(
    batch_size=8,  # on 8 GPUs
    num_workers=8,
    persistent_workers=True,
    pin_memory=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    # UCF101 on 8 x 8 ends with one clip a GPU: no batch to normalise, no other video's background.
    drop_last=True,
    dataset=dict(
        type='TolerantVideoDataset',
        pipeline=dict(
            open=dict(type='VideoInit'),
            sample=dict(
                type='SampleViews',
                clip_len=16,
                frame_interval=2,
                views=dict(query=dict(), key=dict(other_than='query', min_gap=1)),
            ),
            decode=dict(type='VideoDecode'),
            per_view=dict(
                type='PerView',
                crop=dict(type='RandomResizedCrop', area_range=(0.2, 1.0)),
                resize=dict(type='Resize', scale=(224, 224), keep_ratio=False),
                flip=dict(type='Flip', flip_ratio=0.5),
            ),
            format=dict(type='FormatShape', input_format='NCTHW'),
            pack=dict(type='PackActionInputs', meta_keys=('filename', 'view_names')),
        ),
    ),
)

# SGD .01, weight decay 1e-4, batch 64, 200 epochs, a tenth at 120 and 180.
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=200)
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='SGD', lr=0.01, momentum=0.9, weight_decay=1e-4)
)
param_scheduler = [dict(type='MultiStepLR', milestones=[120, 180], gamma=0.1)]
auto_scale_lr = dict(enable=False, base_batch_size=64)

# The runtime, as in ../protocols/finetune.py: a file of its own would be one more to open for every
# config. Differences from MMAction2's default say why.
default_scope = 'mmaction'
custom_imports = dict(imports=['mmdebias'], allow_failed_imports=False)
default_hooks = dict(
    runtime_info=dict(type='RuntimeInfoHook'),
    timer=dict(type='IterTimerHook'),
    logger=dict(type='LoggerHook', interval=20, ignore_last=False),
    param_scheduler=dict(type='ParamSchedulerHook'),
    checkpoint=dict(type='CheckpointHook', interval=1, max_keep_ckpts=3),
    sampler_seed=dict(type='DistSamplerSeedHook'),
    sync_buffers=dict(type='SyncBuffersHook'),
)
# Epochs draw the same after a resumption; the log shows the speed and what a checkpoint gave;
# videos that cannot be read are listed in the work directory; a loss of NaN ends the run. The last
# one warns of a queue that is longer than the list of videos.
custom_hooks = [
    dict(type='EpochSeedHook'),
    dict(type='ThroughputHook'),
    dict(type='LoadReportHook'),
    dict(type='SameRunHook'),
    dict(type='FiniteLossHook'),
    dict(type='UndecodableVideosHook'),
    dict(type='QueueLengthHook'),
]
env_cfg = dict(
    cudnn_benchmark=True,  # clips have one size
    mp_cfg=dict(mp_start_method='fork', opencv_num_threads=0),
    dist_cfg=dict(backend='nccl'),
)
# Or each rank would draw the same backgrounds and colours.
randomness = dict(seed=None, diff_rank_seed=True)
# A training batch's accuracy says little: averaged like the losses. That of a validation is not.
log_processor = dict(
    type='LogProcessor',
    window_size=20,
    by_epoch=True,
    mean_pattern=r'loss|time|grad_norm|^(train/)?top1',
)
vis_backends = [dict(type='LocalVisBackend')]
visualizer = dict(type='ActionVisualizer', vis_backends=vis_backends)
log_level = 'INFO'
load_from = None
resume = False
