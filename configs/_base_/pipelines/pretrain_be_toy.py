# As pretrain_be_224.py, with clips of 8 frames, stride 2, crops of 48x48, loaded by two workers.
_base_ = './pretrain_toy.py'

views = dict(query=dict(), key=dict(same_as='query'), negative=dict(other_than='query'))
train_pipeline = [
    _base_.train_pipeline[0],
    dict(type='SampleViews', clip_len=8, frame_interval=2, views=views),
    *_base_.train_pipeline[2:],
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
