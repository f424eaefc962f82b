# As pretrain_be_224.py, with crops of 112x112.
_base_ = './pretrain_112.py'

views = dict(query=dict(), key=dict(same_as='query'), negative=dict(other_than='query'))
train_pipeline = [
    _base_.train_pipeline[0],
    dict(type='SampleViews', clip_len=16, frame_interval=4, views=views),
    _base_.train_pipeline[2],
    dict(
        type='PerView',
        transforms=[
            dict(type='RandomResizedCrop', area_range=(0.2, 1.0)),
            dict(type='Resize', scale=(112, 112), keep_ratio=False),
        ],
    ),
    *_base_.train_pipeline[4:],
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
