# I3D fine-tuned and tested on Actor-HMDB51, split 1 (BE, section 4.6 and Figure 5): 64 videos on 8
# GPUs. Make the videos first, see ../be/README.md. Give load_from.
_base_ = [
    '../_base_/encoders/i3d.py',
    '../_base_/datasets/actor_hmdb51.py',
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
