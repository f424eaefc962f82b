# Table 4, "S-warping, Scaling-Of": the negative shows the anchor's frames, its flow scaled.
_base_ = [
    '../_base_/encoders/i3d.py',
    '../_base_/datasets/k400.py',
    '../_base_/methods/dsm.py',
]

views = dict(negative=dict(_delete_=True, same_as='anchor'))
model = dict(
    backbone=_base_.encoder,
    neck=dict(in_channels=_base_.channels),
)
train_dataloader = dict(
    dataset=dict(
        pipeline=dict(sample=dict(views=views), per_view=dict(resize=_base_.resize)),
        **_base_.train_set,
    )
)
