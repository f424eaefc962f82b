# Table 4: a frame of another video added to every frame, instead of one of its own.
_base_ = [
    '../_base_/encoders/i3d.py',
    '../_base_/datasets/ucf101.py',
    '../_base_/methods/be.py',
]

disturbance = dict(type='InterVideoFrame', gamma=0.3)
model = dict(
    backbone=_base_.encoder,
    neck=dict(in_channels=_base_.channels),
    data_preprocessor=dict(views=dict(key=[*_base_.basic, disturbance])),
)
train_dataloader = dict(
    dataset=dict(pipeline=dict(per_view=dict(resize=_base_.resize)), **_base_.train_set)
)
