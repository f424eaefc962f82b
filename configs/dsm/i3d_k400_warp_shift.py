# Table 4, "S-warping, T-Shift": the negative is shifted in time, its flow is not scaled.
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
    dataset=dict(
        pipeline=dict(disturb=None, per_view=dict(resize=_base_.resize)), **_base_.train_set
    )
)
