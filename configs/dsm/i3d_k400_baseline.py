# DSM's MoCo baseline (Table 4, first line): two crops of the same clip, both with the basic
# augmentation, and no negative of the video's own. As in MoCo, the keys are queued.
_base_ = './i3d_k400.py'

train_pipeline = [
    _base_.train_pipeline[0],
    dict(
        type='SampleViews',
        clip_len=16,
        frame_interval=4,
        views=dict(anchor=dict(), positive=dict(same_as='anchor')),
    ),
    _base_.train_pipeline[2],
    dict(type='PerView', transforms=_base_.crops),
    *_base_.train_pipeline[4:],
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
model = dict(
    negative_view=None,
    queue_view=None,
    data_preprocessor=dict(views=dict(_delete_=True, anchor=_base_.colour, positive=_base_.colour)),
)
