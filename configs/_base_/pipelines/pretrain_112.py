# As pretrain_224.py, with crops of 112x112.
_base_ = './pretrain_224.py'

train_pipeline = [
    *_base_.train_pipeline[:3],
    dict(
        type='PerView',
        transforms=[
            dict(type='RandomResizedCrop', area_range=(0.2, 1.0)),
            dict(type='Resize', scale=(112, 112), keep_ratio=False),
            dict(type='Flip', flip_ratio=0.5),
        ],
    ),
    *_base_.train_pipeline[4:],
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
