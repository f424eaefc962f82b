# Table 4: the same Gaussian noise on every frame, instead of one of its own.
_base_ = [
    '../_base_/encoders/i3d.py',
    '../_base_/datasets/ucf101.py',
    '../_base_/methods/be.py',
]

disturbance = dict(type='GaussianNoiseFrame', gamma=0.3)
model = dict(
    backbone=_base_.encoder,
    neck=dict(in_channels=_base_.channels),
    data_preprocessor=dict(views=dict(key=[*_base_.basic, disturbance])),
)
train_dataloader = dict(
    dataset=dict(pipeline=dict(per_view=dict(resize=_base_.resize)), **_base_.train_set)
)
