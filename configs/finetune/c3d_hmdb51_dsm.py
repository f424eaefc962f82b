# C3D fine-tuned on HMDB51, split 1 (DSM, "Fine-tuning Settings"): 128 videos on 8 GPUs. Give
# load_from.
_base_ = [
    '../_base_/encoders/c3d.py',
    '../_base_/datasets/hmdb51.py',
    '../_base_/protocols/finetune_dsm.py',
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
