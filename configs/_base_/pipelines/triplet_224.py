# Three crops of 16 frames with stride 4 at 224x224 (DSM, "Default Settings"). Anchor and positive
# show the same frames; the negative starts 4 to 30 frames later, Kinetics' range, and moves by
# random multiples of its optical flow. The positive is warped later, on the model's device.
_base_ = './pretrain_224.py'

crops = [
    dict(type='RandomResizedCrop', area_range=(0.2, 1.0)),
    dict(type='Resize', scale=(224, 224), keep_ratio=False),
    dict(type='Flip', flip_ratio=0.5),
]
train_pipeline = [
    _base_.train_pipeline[0],
    dict(
        type='SampleViews',
        clip_len=16,
        frame_interval=4,
        views=dict(
            anchor=dict(),
            positive=dict(same_as='anchor'),
            negative=dict(shift_from='anchor', shift=(4, 30)),
        ),
    ),
    _base_.train_pipeline[2],
    dict(
        type='PerView',
        transforms=dict(
            anchor=crops, positive=crops, negative=[*crops, dict(type='ScaleOpticalFlow')]
        ),
    ),
    *_base_.train_pipeline[4:],
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
