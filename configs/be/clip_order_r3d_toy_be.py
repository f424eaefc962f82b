# As clip_order_r3d_toy.py, with BE's consistency between the clip and a disturbed one (Eq. 5).
_base_ = [
    '../_base_/encoders/r3d_toy.py',
    '../_base_/datasets/toy.py',
    '../_base_/methods/pretext.py',
]

model = dict(
    backbone=_base_.encoder,
    task=dict(type='ClipOrder', clip_len=8, gap=2),
    head=dict(
        type='PairwiseOrderHead', in_channels=_base_.channels, hidden_channels=128, dropout=0.2
    ),
    disturbed_view='disturbed',
    data_preprocessor=dict(views=dict(disturbed=_base_.disturbed)),
)
views = dict(disturbed=dict(same_as='query'))
train_dataloader = dict(
    batch_size=16,
    num_workers=2,
    pin_memory=False,
    dataset=dict(
        pipeline=dict(
            sample=dict(views=views, clip_len=28, frame_interval=1, loop=False),
            per_view=dict(crop=_base_.crop, resize=_base_.resize),
        ),
        **_base_.train_set,
    ),
)
train_cfg = dict(max_epochs=15)
# A few hundred steps of SGD do not get far from the large responses that max pooling starts with.
optim_wrapper = dict(_delete_=True, type='OptimWrapper', optimizer=dict(type='AdamW', lr=1e-3))
param_scheduler = [dict(type='MultiStepLR', milestones=[12, 14], gamma=0.1)]
auto_scale_lr = dict(base_batch_size=16)
