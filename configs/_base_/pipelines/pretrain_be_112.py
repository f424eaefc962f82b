# As pretrain_be_224.py, with crops of 112x112.
_base_ = './pretrain_be_224.py'

train_pipeline = [
    *_base_.train_pipeline[:3],
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
