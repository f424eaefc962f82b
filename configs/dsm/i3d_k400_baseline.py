# Table 4, first line: DSM's recipe without warp and without a negative of the
# video's own: two crops of a clip. All else is as in i3d_k400.py.
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
    data_preprocessor=dict(views=dict(_delete_=True, anchor=_base_.colour, positive=[])),
)
train_dataloader = dict(
    dataset=dict(
        pipeline=dict(sample=dict(views=views), disturb=None, per_view=dict(resize=_base_.resize)),
        **_base_.train_set,
    )
)
