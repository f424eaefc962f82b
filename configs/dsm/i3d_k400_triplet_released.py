# The triplets of the authors' code: those of the paper, and the same with another video's negative;
# clips as in i3d_k400_released.py.
_base_ = [
    '../_base_/encoders/i3d.py',
    '../_base_/datasets/k400.py',
    '../_base_/methods/dsm.py',
]

model = dict(
    _delete_=True,
    type='TripletRecognizer',
    backbone=_base_.encoder,
    neck=dict(_base_.model.neck, in_channels=_base_.channels),
    head=dict(type='TripletHead', margin=0.5, inter_video=True),
    data_preprocessor=dict(
        type='ViewDataPreprocessor',
        views=dict(anchor=[dict(type='SpatialWarping'), *_base_.colour], positive=[], negative=[]),
        **_base_.normalisation,
    ),
)
views = dict(negative=dict(_delete_=True))
train_dataloader = dict(
    dataset=dict(
        pipeline=dict(sample=dict(views=views), disturb=None, per_view=dict(resize=_base_.resize)),
        **_base_.train_set,
    )
)
param_scheduler = [dict(type='MultiStepLR', milestones=[120, 160, 200], gamma=0.1)]
