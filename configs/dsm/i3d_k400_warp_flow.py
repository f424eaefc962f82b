# Table 4, "S-warping, Scaling-Of": the negative shows the anchor's frames, its flow scaled.
_base_ = './i3d_k400.py'

train_pipeline = [
    _base_.train_pipeline[0],
    dict(
        type='SampleViews',
        clip_len=16,
        frame_interval=4,
        views=dict(anchor=dict(), positive=dict(same_as='anchor'), negative=dict(same_as='anchor')),
    ),
    *_base_.train_pipeline[2:],
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
