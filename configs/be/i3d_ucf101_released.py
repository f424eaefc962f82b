# As i3d_ucf101.py, as the authors' code trains: 4 videos on one GPU, 200 epochs.
_base_ = [
    '../_base_/encoders/i3d.py',
    '../_base_/datasets/ucf101.py',
    '../_base_/methods/be_released.py',
]

model = dict(
    backbone=_base_.encoder,
    neck=dict(in_channels=_base_.channels),
)
train_dataloader = dict(batch_size=4, dataset=_base_.train_set)
train_cfg = dict(max_epochs=200)
param_scheduler = [dict(type='MultiStepLR', milestones=[120, 160], gamma=0.1)]
auto_scale_lr = dict(base_batch_size=4)
