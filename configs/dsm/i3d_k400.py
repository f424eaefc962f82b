# DSM on Kinetics-400 with I3D, 16x224x224: 128 videos on 16 GPUs (Table 1).
_base_ = [
    '../_base_/encoders/i3d.py',
    '../_base_/datasets/k400.py',
    '../_base_/methods/dsm.py',
]

model = dict(
    backbone=_base_.encoder,
    neck=dict(in_channels=_base_.channels),
)
train_dataloader = dict(
    dataset=dict(pipeline=dict(per_view=dict(resize=_base_.resize)), **_base_.train_set)
)
