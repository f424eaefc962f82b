# DSM as the authors' code trains it, where that differs from the paper: the anchor is warped and
# the positive is not, the negative is any other clip of the video at its own speed, keys are
# queued, temperature, momentum and schedule are others. The code's warp is a local push; the spline
# stands in for it.
_base_ = [
    '../_base_/encoders/i3d.py',
    '../_base_/datasets/k400.py',
    '../_base_/methods/dsm.py',
]

views = dict(negative=dict(_delete_=True))
model = dict(
    backbone=_base_.encoder,
    neck=dict(in_channels=_base_.channels),
    head=dict(temperature=0.07),
    momentum=0.999,
    queue_view=None,
    data_preprocessor=dict(
        views=dict(anchor=[dict(type='SpatialWarping'), *_base_.colour], positive=[])
    ),
)
train_dataloader = dict(
    dataset=dict(
        pipeline=dict(sample=dict(views=views), disturb=None, per_view=dict(resize=_base_.resize)),
        **_base_.train_set,
    )
)
param_scheduler = [dict(type='MultiStepLR', milestones=[120, 160, 200], gamma=0.1)]
