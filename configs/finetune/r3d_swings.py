# The quickstart's net fine-tuned on generated videos. Give load_from.
_base_ = [
    '../_base_/encoders/r3d_swings.py',
    '../_base_/datasets/toy.py',
    '../_base_/protocols/finetune.py',
]

model = dict(
    backbone=_base_.encoder,
    cls_head=dict(in_channels=_base_.channels, num_classes=_base_.num_classes, dropout_ratio=0.2),
)
train_dataloader = dict(
    num_workers=2,
    pin_memory=False,
    dataset=dict(
        pipeline=dict(sample=_base_.clip, crop=_base_.crop, resize=_base_.resize, flip=_base_.flip),
        **_base_.train_set,
    ),
)
test = dict(dataset=dict(pipeline=dict(sample=_base_.clip, **_base_.middle), **_base_.test_set))
val_dataloader = dict(num_workers=2, **test)
test_dataloader = dict(batch_size=8, num_workers=2, **test)
train_cfg = dict(max_epochs=10, val_interval=5)
param_scheduler = [dict(type='MultiStepLR', milestones=[6, 9], gamma=0.1)]
auto_scale_lr = dict(base_batch_size=16)  # one process
