# As pretext_112.py, with clips of 8 frames, stride 2, crops of 48x48, loaded by two workers.
_base_ = './pretrain_be_toy.py'

train_pipeline = [
    _base_.train_pipeline[0],
    dict(_base_.train_pipeline[1], views=dict(query=dict())),
    *_base_.train_pipeline[2:],
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
