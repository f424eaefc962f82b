# FAME on generated videos with a small net: the quickstart. All but the method as in
# ../moco/r3d_toy.py.
_base_ = [
    '../_base_/encoders/r3d_toy.py',
    '../_base_/datasets/toy.py',
    '../_base_/methods/fame.py',
]

model = dict(
    backbone=_base_.encoder,
    neck=dict(in_channels=_base_.channels, out_channels=64),
    # A schedule of some hundred steps wants a key encoder that follows faster and a shorter queue;
    # on one process, groups stand in for the ranks of shuffle-BN.
    head=dict(temperature=0.2),
    queue_size=256,
    momentum=0.996,
    bn_groups=2,
)
train_dataloader = dict(
    batch_size=16,
    num_workers=2,
    pin_memory=False,
    dataset=dict(
        pipeline=dict(
            sample=_base_.clip,
            per_view=dict(crop=_base_.crop, resize=_base_.resize, flip=_base_.flip),
        ),
        **_base_.train_set,
    ),
)
train_cfg = dict(max_epochs=15)
optim_wrapper = dict(optimizer=dict(lr=0.03))
param_scheduler = [dict(type='MultiStepLR', milestones=[12, 14], gamma=0.1)]
auto_scale_lr = dict(base_batch_size=16)
