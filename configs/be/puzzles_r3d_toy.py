# Spatial puzzles on generated videos with a small net, for a CPU.
_base_ = [
    '../_base_/models/pretext_r3d_toy.py',
    '../_base_/pipelines/pretext_toy.py',
    '../_base_/datasets/toy.py',
    '../_base_/schedules/be_50e.py',
    '../_base_/default_runtime.py',
]

model = dict(
    task=dict(type='SpaceTimePuzzles', clip_len=24, size=64, axis='space', jitter=(1, 4, 4)),
    head=dict(type='PretextHead', hidden_channels=128),
)
train_pipeline = [
    _base_.train_pipeline[0],
    dict(
        type='SampleViews',
        clip_len=24,
        frame_interval=1,
        views=dict(query=dict()),
        loop=False,
    ),
    _base_.train_pipeline[2],
    dict(
        type='PerView',
        transforms=[
            dict(type='RandomResizedCrop', area_range=(0.7, 1.0)),
            dict(type='Resize', scale=(64, 64), keep_ratio=False),
        ],
    ),
    *_base_.train_pipeline[4:],
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline, **_base_.toy_train))
train_cfg = dict(max_epochs=15)
# A few hundred steps of SGD do not get far from the large responses that max pooling starts with.
optim_wrapper = dict(_delete_=True, type='OptimWrapper', optimizer=dict(type='AdamW', lr=1e-3))
param_scheduler = [dict(type='MultiStepLR', milestones=[12, 14], gamma=0.1)]
auto_scale_lr = dict(base_batch_size=16)
