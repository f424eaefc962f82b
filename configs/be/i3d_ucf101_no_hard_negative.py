# Eq. 6: videos are told apart, not clips.
_base_ = './i3d_ucf101.py'

model = dict(
    negative_view=None,
    data_preprocessor=dict(
        views=dict(
            _delete_=True,
            query=_base_.basic,
            key=[*_base_.basic, dict(type='BackgroundErasing', gamma=0.3)],
        )
    ),
)
views = dict(query=dict(), key=dict(same_as='query'))
train_pipeline = [
    _base_.train_pipeline[0],
    dict(_base_.train_pipeline[1], views=views),
    *_base_.train_pipeline[2:],
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
