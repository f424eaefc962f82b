# Table 3: the background is another time of the same video, a third clip of it.
_base_ = './i3d_ucf101.py'

model = dict(
    data_preprocessor=dict(
        views=dict(query=[dict(type='FAME', background='intra'), *_base_.colour], background=[])
    ),
)
train_pipeline = [
    _base_.train_pipeline[0],
    dict(
        type='SampleViews',
        clip_len=16,
        frame_interval=2,
        views=dict(query=dict(), key=dict(), background=dict()),
    ),
    *_base_.train_pipeline[2:],
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
