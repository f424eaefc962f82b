# MoCo on UCF101, the baseline of FAME's ablations: a shorter queue (appendix A.1).
_base_ = [
    '../_base_/encoders/i3d.py',
    '../_base_/datasets/ucf101.py',
    '../_base_/methods/moco.py',
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
