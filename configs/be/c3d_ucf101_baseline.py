# The baseline of c3d_ucf101.py, C3D on UCF101: BE's recipe without its disturbance.
_base_ = [
    '../_base_/encoders/c3d.py',
    '../_base_/datasets/ucf101.py',
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
