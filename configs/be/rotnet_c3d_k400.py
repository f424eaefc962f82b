# 3D RotNet on Kinetics-400 with C3D, 16x112x112: which way up is the clip?
_base_ = [
    '../_base_/encoders/c3d.py',
    '../_base_/datasets/k400.py',
    '../_base_/methods/pretext.py',
]

model = dict(
    backbone=_base_.encoder,
    task=dict(type='Rotation'),
    head=dict(type='PretextHead', in_channels=_base_.channels),
)
train_dataloader = dict(
    dataset=dict(pipeline=dict(per_view=dict(resize=_base_.resize)), **_base_.train_set)
)
