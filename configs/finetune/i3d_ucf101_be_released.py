# As i3d_ucf101_be.py, at the rate and clip length of BE's released code. Its stride is ours.
_base_ = [
    '../_base_/encoders/i3d.py',
    '../_base_/datasets/ucf101.py',
    '../_base_/protocols/finetune_be.py',
]

model = dict(
    backbone=_base_.encoder,
    cls_head=dict(in_channels=_base_.channels, num_classes=_base_.num_classes),
)
# 64 frames, 4 apart, would be longer than most videos.
sample = dict(clip_len=64, frame_interval=1)
test = dict(dataset=dict(pipeline=dict(sample=sample, **_base_.middle), **_base_.test_set))
train_dataloader = dict(
    dataset=dict(
        pipeline=dict(sample=sample, resize=_base_.resize, flip=_base_.flip), **_base_.train_set
    )
)
val_dataloader = test
test_dataloader = test
optim_wrapper = dict(optimizer=dict(lr=0.001))
