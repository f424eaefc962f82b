# As finetune_224.py, with clips of 8 frames and crops of 48x48, loaded by two workers.
_base_ = './finetune_224.py'

train_pipeline = [
    _base_.train_pipeline[0],
    dict(type='SampleFrames', clip_len=8, frame_interval=2, num_clips=1),
    _base_.train_pipeline[2],
    dict(type='RandomResizedCrop', area_range=(0.4, 1.0)),
    dict(type='Resize', scale=(48, 48), keep_ratio=False),
    # No flip: left and right tell some of the actions apart.
    *_base_.train_pipeline[6:],
]
small = [dict(type='Resize', scale=(48, 48), keep_ratio=False), *_base_.val_pipeline[5:]]
val_pipeline = [
    _base_.val_pipeline[0],
    dict(type='SampleFrames', clip_len=8, frame_interval=2, num_clips=1, test_mode=True),
    _base_.val_pipeline[2],
    *small,
]
test_pipeline = [
    _base_.test_pipeline[0],
    dict(type='SampleFrames', clip_len=8, frame_interval=2, num_clips=10, test_mode=True),
    _base_.test_pipeline[2],
    *small,
]

train_dataloader = dict(
    batch_size=16, num_workers=2, pin_memory=False, dataset=dict(pipeline=train_pipeline)
)
val_dataloader = dict(num_workers=2, dataset=dict(pipeline=val_pipeline))
test_dataloader = dict(batch_size=8, num_workers=2, dataset=dict(pipeline=test_pipeline))
