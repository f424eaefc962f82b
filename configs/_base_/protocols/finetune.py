# Fine-tuning as in FAME (section 4.2, appendices A.2 and A.3), and the base of the other protocols.
# A leaf gives the encoder and the data set.

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
    type='Recognizer3D',
    cls_head=dict(type='I3DHead', dropout_ratio=0.5, average_clips='prob'),
    data_preprocessor=dict(type='ClipDataPreprocessor', augments=colour, **normalisation),
)

# One clip to train on, ten uniformly sampled ones averaged to test.
train_dataloader = dict(
    batch_size=16,  # on 8 GPUs
    num_workers=8,
    persistent_workers=True,
    pin_memory=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(
        type='TolerantVideoDataset',
        pipeline=dict(
            open=dict(type='VideoInit'),
            sample=dict(type='SampleFrames', clip_len=16, frame_interval=2, num_clips=1),
            decode=dict(type='VideoDecode'),
            crop=dict(type='RandomResizedCrop', area_range=(0.2, 1.0)),
            resize=dict(type='Resize', scale=(224, 224), keep_ratio=False),
            flip=dict(type='Flip', flip_ratio=0.5),
            format=dict(type='FormatShape', input_format='NCTHW'),
            pack=dict(type='PackActionInputs', meta_keys=('filename',)),
        ),
    ),
)
clips = dict(type='SampleFrames', clip_len=16, frame_interval=2, test_mode=True)
test_pipeline = dict(
    open=dict(type='VideoInit'),
    sample=dict(clips, num_clips=10),
    decode=dict(type='VideoDecode'),
    scale=dict(type='Resize', scale=(-1, 256)),
    centre=dict(type='CenterCrop', crop_size=224),
    format=dict(type='FormatShape', input_format='NCTHW'),
    pack=dict(type='PackActionInputs', meta_keys=('filename', 'split', 'sample_idx')),
)
test_dataloader = dict(
    batch_size=2,
    num_workers=8,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(type='TolerantVideoDataset', pipeline=test_pipeline, test_mode=True),
)
val_dataloader = dict(
    test_dataloader,
    batch_size=16,
    dataset=dict(
        test_dataloader['dataset'], pipeline=dict(test_pipeline, sample=dict(clips, num_clips=1))
    ),
)
val_evaluator = dict(type='AccMetric')
test_evaluator = dict(type='AccMetric')

# SGD .025, weight decay 1e-4, batch 128, 150 epochs, a tenth at 60 and 120.
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=150, val_interval=10)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')
optim_wrapper = dict(
    type='OptimWrapper', optimizer=dict(type='SGD', lr=0.025, momentum=0.9, weight_decay=1e-4)
)
param_scheduler = [dict(type='MultiStepLR', milestones=[60, 120], gamma=0.1)]
auto_scale_lr = dict(enable=False, base_batch_size=128)

# The runtime, as in ../methods/moco.py.
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
# labels are compared with the classes; videos that cannot be read are listed in the work
# directory; a loss of NaN ends the run.
custom_hooks = [
    dict(type='EpochSeedHook'),
    dict(type='ThroughputHook'),
    dict(type='LoadReportHook'),
    dict(type='LabelCheckHook'),
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
