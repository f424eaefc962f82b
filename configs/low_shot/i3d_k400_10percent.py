# I3D fine-tuned on 10 % of Kinetics-400, about 57 videos a class (DSM, "Test with Limited Labeled
# Data"). Make the list first, see README.md. Give load_from.
_base_ = [
    '../_base_/encoders/i3d.py',
    '../_base_/datasets/k400.py',
    '../_base_/protocols/finetune_dsm.py',
]

model = dict(
    backbone=_base_.encoder,
    cls_head=dict(in_channels=_base_.channels, num_classes=_base_.num_classes),
)
few = dict(_base_.train_set, ann_file='kinetics400_train_10percent.txt')
train_dataloader = dict(dataset=dict(pipeline=dict(resize=_base_.resize, flip=_base_.flip), **few))
val_dataloader = dict(dataset=dict(pipeline=_base_.middle, **_base_.test_set))
test_dataloader = dict(dataset=dict(pipeline=_base_.middle, **_base_.test_set))
