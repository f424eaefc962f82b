# DSM on generated videos (tools/data/make_toy.py) with a small net, for a CPU.
_base_ = [
    '../_base_/encoders/r3d_toy.py',
    '../_base_/datasets/toy.py',
    '../_base_/methods/dsm.py',
]

model = dict(
    backbone=_base_.encoder,
    neck=dict(in_channels=_base_.channels, out_channels=64),
    # A schedule of some hundred steps wants a sharper loss and a shorter queue; on one process,
    # groups stand in for the ranks of shuffle-BN.
    head=dict(temperature=0.2),
    queue_size=256,
    bn_groups=2,
)
# A motion of the generated videos repeats itself after 16 to 24 frames.
sample = dict(views=dict(negative=dict(shift=(4, 12))), **_base_.clip)
train_dataloader = dict(
    batch_size=16,
    num_workers=2,
    pin_memory=False,
    dataset=dict(
        pipeline=dict(sample=sample, per_view=dict(crop=_base_.crop, resize=_base_.resize)),
        **_base_.train_set,
    ),
)
train_cfg = dict(max_epochs=15)
optim_wrapper = dict(optimizer=dict(lr=0.03))
param_scheduler = [dict(type='MultiStepLR', milestones=[12, 14], gamma=0.1)]
auto_scale_lr = dict(base_batch_size=16)
