# As i3d_hmdb51_be.py, trained on one frame of each video, repeated: what the scene and the pose
# alone teach (BE, section 4.5 and Figure 4). From random weights. The test clips are normal ones;
# tools/analysis/static_gain.py freezes them, too, by --static-test.
_base_ = [
    '../_base_/encoders/i3d.py',
    '../_base_/datasets/hmdb51.py',
    '../_base_/protocols/finetune_be.py',
]

model = dict(
    backbone=_base_.encoder,
    cls_head=dict(in_channels=_base_.channels, num_classes=_base_.num_classes),
)
still = dict(freeze=dict(type='StaticClip'), resize=_base_.resize, flip=_base_.flip)
train_dataloader = dict(dataset=dict(pipeline=still, **_base_.train_set))
val_dataloader = dict(dataset=dict(pipeline=_base_.middle, **_base_.test_set))
test_dataloader = dict(dataset=dict(pipeline=_base_.middle, **_base_.test_set))
