# As i3d_ucf101.py, with the colours of FAME's released code: grey and jitter, no blur.
_base_ = [
    '../_base_/encoders/i3d.py',
    '../_base_/datasets/ucf101.py',
    '../_base_/protocols/finetune.py',
]

released = dict(
    type='KorniaAugment',
    transforms=[
        dict(type='RandomGrayscale', p=0.2),
        dict(type='ColorJitter', brightness=0.4, contrast=0.4, saturation=0.4, hue=0.1, p=0.8),
    ],
)
model = dict(
    backbone=_base_.encoder,
    cls_head=dict(in_channels=_base_.channels, num_classes=_base_.num_classes, dropout_ratio=0.7),
    data_preprocessor=dict(augments=[released]),
)
train_dataloader = dict(
    dataset=dict(pipeline=dict(resize=_base_.resize, flip=_base_.flip), **_base_.train_set)
)
val_dataloader = dict(dataset=dict(pipeline=_base_.middle, **_base_.test_set))
test_dataloader = dict(dataset=dict(pipeline=_base_.middle, **_base_.test_set))
