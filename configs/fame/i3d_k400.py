# FAME on Kinetics-400 with I3D: the setting of the paper (section 4.2).
_base_ = [
    '../_base_/encoders/i3d.py',
    '../_base_/datasets/k400.py',
    '../_base_/methods/fame.py',
]

model = dict(
    backbone=_base_.encoder,
    neck=dict(in_channels=_base_.channels),
)
train_dataloader = dict(
    dataset=dict(
        pipeline=dict(per_view=dict(resize=_base_.resize, flip=_base_.flip)), **_base_.train_set
    )
)
