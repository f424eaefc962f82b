# Eq. 6: videos are told apart, not clips.
_base_ = [
    '../_base_/encoders/i3d.py',
    '../_base_/datasets/ucf101.py',
    '../_base_/methods/be.py',
]

disturbed = [*_base_.basic, dict(type='BackgroundErasing', gamma=0.3)]
model = dict(
    backbone=_base_.encoder,
    neck=dict(in_channels=_base_.channels),
    negative_view=None,
    data_preprocessor=dict(views=dict(_delete_=True, query=_base_.basic, key=disturbed)),
)
views = dict(_delete_=True, query=dict(), key=dict(same_as='query'))
train_dataloader = dict(
    dataset=dict(
        pipeline=dict(sample=dict(views=views), per_view=dict(resize=_base_.resize)),
        **_base_.train_set,
    )
)
