# A pretext task (BE, section 3.3.1): how was the clip transformed? A leaf gives the task, its head,
# the encoder and the data set. `disturbed` is for the leaves that add BE's consistency (Eq. 5).

# Augmentation set A (section 4.1), the jitter as strong as in the released code; one draw a clip.
basic = [
    dict(type='InnerRotation', degrees=10.0),
    dict(
        type='KorniaAugment',
        transforms=[
            dict(type='ColorJitter', brightness=0.5, contrast=0.5, saturation=0.5, hue=0.25, p=1.0)
        ],
    ),
]

disturbed = [*basic, dict(type='BackgroundErasing', gamma=0.3)]
# As in moco.py.
normalisation = dict(mean=[0.43216, 0.394666, 0.37645], std=[0.22803, 0.22145, 0.216989])

model = dict(
    type='PretextRecognizer',
    data_preprocessor=dict(type='ViewDataPreprocessor', views=dict(query=basic), **normalisation),
)

# One view, stride 4, random crops, no flips.
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
                type='SampleViews', clip_len=16, frame_interval=4, views=dict(query=dict())
            ),
            decode=dict(type='VideoDecode'),
            per_view=dict(
                type='PerView',
                crop=dict(type='RandomResizedCrop', area_range=(0.2, 1.0)),
                resize=dict(type='Resize', scale=(224, 224), keep_ratio=False),
            ),
            format=dict(type='FormatShape', input_format='NCTHW'),
            pack=dict(type='PackActionInputs', meta_keys=('filename', 'view_names')),
        ),
    ),
)

# SGD .01, weight decay 5e-4, batch 64, 50 epochs, a tenth every 10 (section 4.1).
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=50)
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='SGD', lr=0.01, momentum=0.9, weight_decay=5e-4)
)
param_scheduler = [dict(type='MultiStepLR', milestones=[10, 20, 30, 40], gamma=0.1)]
auto_scale_lr = dict(enable=False, base_batch_size=64)

# The runtime, as in moco.py, and a test holds the two together. A base of both would be one file
# more for each of a dozen leaves, and raise the mean of all, just under five files a leaf, above
# five, the most that tests/configs/test_house.py allows.
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
# videos that cannot be read are listed in the work directory; a loss of NaN ends the run.
custom_hooks = [
    dict(type='EpochSeedHook'),
    dict(type='ThroughputHook'),
    dict(type='LoadReportHook'),
    dict(type='SameRunHook'),
    dict(type='FiniteLossHook'),
    dict(type='UndecodableVideosHook'),
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
