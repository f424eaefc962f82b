# Clip order prediction on generated videos with a small net, for a CPU.
_base_ = [
    '../_base_/models/pretext_r3d_toy.py',
    '../_base_/pipelines/pretext_toy.py',
    '../_base_/datasets/toy.py',
    '../_base_/schedules/be_50e.py',
    '../_base_/default_runtime.py',
]

model = dict(
    task=dict(type='ClipOrder', clip_len=8, gap=2),
    head=dict(type='PairwiseOrderHead', hidden_channels=128, dropout=0.2),
)
train_pipeline = [
    _base_.train_pipeline[0],
    dict(
        type='SampleViews',
        clip_len=28,
        frame_interval=1,
        views=dict(query=dict()),
        loop=False,
    ),
    *_base_.train_pipeline[2:],
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline, **_base_.toy_train))
train_cfg = dict(max_epochs=15)
# A few hundred steps of SGD do not get far from the large responses that max pooling starts with.
optim_wrapper = dict(_delete_=True, type='OptimWrapper', optimizer=dict(type='AdamW', lr=1e-3))
param_scheduler = [dict(type='MultiStepLR', milestones=[12, 14], gamma=0.1)]
auto_scale_lr = dict(base_batch_size=16)
