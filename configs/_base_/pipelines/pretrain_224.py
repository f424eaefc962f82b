# Two clips of a video, 16 frames with stride 2, random crops of 224x224 (FAME, section 4.2).
train_pipeline = [
    dict(type='DecordInit'),
    dict(type='SampleViews', clip_len=16, frame_interval=2, views=dict(query=dict(), key=dict())),
    dict(type='DecordDecode'),
    dict(
        type='PerView',
        transforms=[
            dict(type='RandomResizedCrop', area_range=(0.2, 1.0)),
            dict(type='Resize', scale=(224, 224), keep_ratio=False),
            dict(type='Flip', flip_ratio=0.5),
        ],
    ),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs', meta_keys=('filename', 'view_names')),
]
train_dataloader = dict(
    batch_size=8,
    num_workers=8,
    persistent_workers=True,
    pin_memory=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(type='TolerantVideoDataset', ann_file='', pipeline=train_pipeline),
)
