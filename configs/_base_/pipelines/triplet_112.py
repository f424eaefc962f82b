# As triplet_224.py, with crops of 112x112.
_base_ = './triplet_224.py'

crops = [
    _base_.crops[0],
    dict(type='Resize', scale=(112, 112), keep_ratio=False),
    _base_.crops[2],
]
train_pipeline = [
    *_base_.train_pipeline[:3],
    dict(
        type='PerView',
        transforms=dict(
            anchor=crops, positive=crops, negative=[*crops, dict(type='ScaleOpticalFlow')]
        ),
    ),
    *_base_.train_pipeline[4:],
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
