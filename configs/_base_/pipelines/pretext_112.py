# As pretrain_be_112.py, with one view: the clip that a pretext task transforms.
_base_ = './pretrain_be_112.py'

train_pipeline = [
    _base_.train_pipeline[0],
    dict(_base_.train_pipeline[1], views=dict(query=dict())),
    *_base_.train_pipeline[2:],
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
