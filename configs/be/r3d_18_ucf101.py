# MoCo with BE on UCF101 with R3D-18, 16x224x224, 64 videos on 8 GPUs.
_base_ = [
    '../_base_/encoders/r3d_18.py',
    '../_base_/datasets/ucf101.py',
    '../_base_/methods/be.py',
]

model = dict(
    backbone=_base_.encoder,
    neck=dict(in_channels=_base_.channels),
)
train_dataloader = dict(
    dataset=dict(pipeline=dict(per_view=dict(resize=_base_.resize)), **_base_.train_set)
)
