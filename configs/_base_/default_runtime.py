# What every run shares. Lines that differ from MMAction2's default runtime say why.
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
# videos that cannot be read are listed in the work directory.
custom_hooks = [
    dict(type='EpochSeedHook'),
    dict(type='ThroughputHook'),
    dict(type='LoadReportHook'),
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
