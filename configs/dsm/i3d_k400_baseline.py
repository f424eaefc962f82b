# DSM's MoCo baseline (Table 4, first line): two crops of the same clip, both with the basic
# augmentation, and no negative of the video's own. As in MoCo, the keys are queued.
_base_ = [
    '../_base_/encoders/i3d.py',
    '../_base_/datasets/k400.py',
    '../_base_/methods/dsm.py',
]

views = dict(_delete_=True, anchor=dict(), positive=dict(same_as='anchor'))
model = dict(
    backbone=_base_.encoder,
    neck=dict(in_channels=_base_.channels),
    negative_view=None,
    queue_view=None,
    data_preprocessor=dict(views=dict(_delete_=True, anchor=_base_.colour, positive=_base_.colour)),
)
train_dataloader = dict(
    dataset=dict(
        pipeline=dict(sample=dict(views=views), disturb=None, per_view=dict(resize=_base_.resize)),
        **_base_.train_set,
    )
)
