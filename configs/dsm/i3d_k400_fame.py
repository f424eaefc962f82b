# DSM with FAME: the positive's foreground on another video's background, then warped.
_base_ = [
    '../_base_/encoders/i3d.py',
    '../_base_/datasets/k400.py',
    '../_base_/methods/dsm.py',
]

model = dict(
    backbone=_base_.encoder,
    neck=dict(in_channels=_base_.channels),
    data_preprocessor=dict(views=dict(positive=[dict(type='FAME'), dict(type='SpatialWarping')])),
)
train_dataloader = dict(
    dataset=dict(pipeline=dict(per_view=dict(resize=_base_.resize)), **_base_.train_set)
)
