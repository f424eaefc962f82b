# As finetune_112.py, without mirroring, for classes that tell left from right.
_base_ = './finetune_112.py'

train_pipeline = [*_base_.train_pipeline[:5], *_base_.train_pipeline[6:]]

train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
