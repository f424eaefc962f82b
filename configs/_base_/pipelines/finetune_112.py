# As finetune_224.py, with crops of 112x112.
_base_ = './finetune_224.py'

train_pipeline = [
    *_base_.train_pipeline[:4],
    dict(type='Resize', scale=(112, 112), keep_ratio=False),
    *_base_.train_pipeline[5:],
]
small = [
    dict(type='Resize', scale=(-1, 128)),
    dict(type='CenterCrop', crop_size=112),
]
val_pipeline = [*_base_.val_pipeline[:3], *small, *_base_.val_pipeline[5:]]
test_pipeline = [*_base_.test_pipeline[:3], *small, *_base_.test_pipeline[5:]]

train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=test_pipeline))
