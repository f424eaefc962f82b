# DSM on Kinetics-400 with I3D as the authors' code trains it: 256 videos on 16 GPUs.
_base_ = [
    '../_base_/encoders/i3d.py',
    '../_base_/datasets/k400.py',
    '../_base_/methods/dsm_released.py',
]

model = dict(
    backbone=_base_.encoder,
    neck=dict(in_channels=_base_.channels),
)
train_dataloader = dict(dataset=_base_.train_set)
