# As i3d_k400.py, as the authors' code trains: 50 epochs at one rate.
_base_ = [
    '../_base_/encoders/i3d.py',
    '../_base_/datasets/k400.py',
    '../_base_/methods/be_released.py',
]

model = dict(
    backbone=_base_.encoder,
    neck=dict(in_channels=_base_.channels),
    queue_size=65536,
)
views = dict(negative=dict(min_gap=4))
train_dataloader = dict(dataset=dict(pipeline=dict(sample=dict(views=views)), **_base_.train_set))
param_scheduler = [dict(type='MultiStepLR', milestones=[120, 160], gamma=0.1)]
