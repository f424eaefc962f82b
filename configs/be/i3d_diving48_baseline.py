# The baseline of i3d_diving48.py, I3D on Diving48: BE's recipe without its disturbance.
_base_ = [
    '../_base_/encoders/i3d.py',
    '../_base_/datasets/diving48.py',
    '../_base_/methods/be.py',
]

model = dict(
    backbone=_base_.encoder,
    neck=dict(in_channels=_base_.channels),
    data_preprocessor=dict(views=dict(key=_base_.basic)),
)
train_dataloader = dict(
    dataset=dict(pipeline=dict(per_view=dict(resize=_base_.resize)), **_base_.train_set)
)
