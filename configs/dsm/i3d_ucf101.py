# DSM on UCF101 with I3D, 16x224x224 (Tables 2 and 3): the negative starts 2 to 20 frames later.
_base_ = [
    '../_base_/encoders/i3d.py',
    '../_base_/datasets/ucf101.py',
    '../_base_/methods/dsm.py',
]

model = dict(
    backbone=_base_.encoder,
    neck=dict(in_channels=_base_.channels),
)
train_dataloader = dict(
    dataset=dict(
        pipeline=dict(
            sample=dict(views=dict(negative=dict(shift=(2, 20)))),
            per_view=dict(resize=_base_.resize),
        ),
        **_base_.train_set,
    )
)
