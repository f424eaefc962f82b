# As i3d_ucf101_be.py, with the rate, the clip length, the jitter and the statistics of BE's
# released code. The stride, the crop and the flip are ours.
_base_ = [
    '../_base_/encoders/i3d.py',
    '../_base_/datasets/ucf101.py',
    '../_base_/protocols/finetune_be.py',
]

# Of brightness, contrast, saturation and hue exactly one changes, as in its pre-training.
jitter = dict(
    type='OneAugment',
    augments=[
        dict(type='KorniaAugment', transforms=[dict(type='ColorJitter', p=1.0, **one)])
        for one in (dict(brightness=0.5), dict(contrast=0.5), dict(saturation=0.5), dict(hue=0.25))
    ],
)
model = dict(
    backbone=_base_.encoder,
    cls_head=dict(in_channels=_base_.channels, num_classes=_base_.num_classes),
    data_preprocessor=dict(
        mean=[0.485, 0.456, 0.406],
        std=[0.229, 0.224, 0.225],
        augments=[jitter],
    ),
)
# 64 frames, 4 apart, would be longer than most videos.
sample = dict(clip_len=64, frame_interval=1)
test = dict(dataset=dict(pipeline=dict(sample=sample, **_base_.middle), **_base_.test_set))
train_dataloader = dict(
    dataset=dict(
        pipeline=dict(
            sample=sample,
            rotate=dict(type='RotateFrames', degrees=10.0),
            resize=_base_.resize,
            flip=_base_.flip,
        ),
        **_base_.train_set,
    )
)
val_dataloader = test
test_dataloader = test
optim_wrapper = dict(optimizer=dict(lr=0.001))
