# FAME on Kinetics-400 with R(2+1)D-18, 16x112x112 (section 4.2).
_base_ = [
    '../_base_/encoders/r2plus1d_18.py',
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
