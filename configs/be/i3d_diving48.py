# MoCo with BE on Diving48 with I3D, 16x224x224, 64 videos on 8 GPUs.
_base_ = [
    '../_base_/encoders/i3d.py',
    '../_base_/datasets/diving48.py',
    '../_base_/methods/be.py',
]

model = dict(
    backbone=_base_.encoder,
    neck=dict(in_channels=_base_.channels),
)
train_dataloader = dict(
    dataset=dict(pipeline=dict(per_view=dict(resize=_base_.resize)), **_base_.train_set)
)
