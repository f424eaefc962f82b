# As i3d_ucf101_dsm.py, with rate, decay, steps and clip length of DSM's released code. Crop, flip,
# colours, the stride and the epochs of the steps are those of i3d_ucf101_dsm.py.
_base_ = [
    '../_base_/encoders/i3d.py',
    '../_base_/datasets/ucf101.py',
    '../_base_/protocols/finetune_dsm.py',
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
optim_wrapper = dict(optimizer=dict(lr=0.001, weight_decay=1e-8))
param_scheduler = [dict(type='StepLR', step_size=10, gamma=0.3)]
