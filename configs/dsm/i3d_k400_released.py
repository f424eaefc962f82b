# DSM as the authors' code trains it, where that differs from the paper: the anchor is warped and
# the positive is not, the negative is any other clip of the video at its own speed, keys are
# queued, temperature, momentum and schedule are others. The code's warp is a local push; the spline
# stands in for it.
_base_ = './i3d_k400.py'

train_pipeline = [
    _base_.train_pipeline[0],
    dict(
        type='SampleViews',
        clip_len=16,
        frame_interval=4,
        views=dict(anchor=dict(), positive=dict(same_as='anchor'), negative=dict()),
    ),
    _base_.train_pipeline[2],
    dict(type='PerView', transforms=_base_.crops),
    *_base_.train_pipeline[4:],
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
model = dict(
    head=dict(temperature=0.07),
    momentum=0.999,
    queue_view=None,
    data_preprocessor=dict(
        views=dict(anchor=[dict(type='SpatialWarping'), *_base_.colour], positive=[])
    ),
)
param_scheduler = [dict(type='MultiStepLR', milestones=[120, 160, 200], gamma=0.1)]
