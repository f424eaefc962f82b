# BE's views (section 3.1): two crops of the same clip, and another clip of the video as the hard
# negative; 16 frames with stride 4, random crops of 224x224, no flips.
_base_ = './pretrain_224.py'

views = dict(query=dict(), key=dict(same_as='query'), negative=dict(other_than='query'))
train_pipeline = [
    _base_.train_pipeline[0],
    dict(type='SampleViews', clip_len=16, frame_interval=4, views=views),
    _base_.train_pipeline[2],
    dict(
        type='PerView',
        transforms=[
            dict(type='RandomResizedCrop', area_range=(0.2, 1.0)),
            dict(type='Resize', scale=(224, 224), keep_ratio=False),
        ],
    ),
    *_base_.train_pipeline[4:],
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
