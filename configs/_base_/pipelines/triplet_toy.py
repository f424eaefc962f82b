# As triplet_224.py, with clips of 8 frames and crops of 48x48, loaded by two workers.
_base_ = './triplet_224.py'

crops = [
    dict(type='RandomResizedCrop', area_range=(0.4, 1.0)),
    dict(type='Resize', scale=(48, 48), keep_ratio=False),
    # No flip: left and right tell some of the actions apart.
]
train_pipeline = [
    _base_.train_pipeline[0],
    dict(
        type='SampleViews',
        clip_len=8,
        frame_interval=2,
        views=dict(
            anchor=dict(),
            positive=dict(same_as='anchor'),
            # A motion of the generated videos repeats itself after 16 to 24 frames.
            negative=dict(shift_from='anchor', shift=(4, 12)),
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
train_dataloader = dict(
    batch_size=16, num_workers=2, pin_memory=False, dataset=dict(pipeline=train_pipeline)
)
