# I3D fine-tuned on Diving48, labels of version 2 (BE, section 4.1 and Table 2): 64 videos on 8
# GPUs. Give load_from.
_base_ = [
    '../_base_/encoders/i3d.py',
    '../_base_/datasets/diving48.py',
    '../_base_/protocols/finetune_be.py',
]

model = dict(
    backbone=_base_.encoder,
    cls_head=dict(in_channels=_base_.channels, num_classes=_base_.num_classes),
)
train_dataloader = dict(
    dataset=dict(pipeline=dict(resize=_base_.resize, flip=_base_.flip), **_base_.train_set)
)
val_dataloader = dict(dataset=dict(pipeline=_base_.middle, **_base_.test_set))
test_dataloader = dict(dataset=dict(pipeline=_base_.middle, **_base_.test_set))
