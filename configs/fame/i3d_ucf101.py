# FAME on UCF101 with I3D: the setting of the paper's ablations (section 4.3), a shorter queue
# (appendix A.1).
_base_ = [
    '../_base_/encoders/i3d.py',
    '../_base_/datasets/ucf101.py',
    '../_base_/methods/fame.py',
]

model = dict(
    backbone=_base_.encoder,
    neck=dict(in_channels=_base_.channels),
    queue_size=2048,
)
train_dataloader = dict(
    dataset=dict(
        pipeline=dict(per_view=dict(resize=_base_.resize, flip=_base_.flip)), **_base_.train_set
    )
)
