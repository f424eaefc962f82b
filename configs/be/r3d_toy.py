# MoCo with BE on generated videos (tools/data/make_toy.py) with a small net, for a CPU.
_base_ = [
    '../_base_/models/be_r3d_toy.py',
    '../_base_/pipelines/pretrain_be_toy.py',
    '../_base_/datasets/toy.py',
    '../_base_/schedules/be_50e.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(dataset=_base_.toy_train)
train_cfg = dict(max_epochs=15)
optim_wrapper = dict(optimizer=dict(lr=0.03))
param_scheduler = [dict(type='MultiStepLR', milestones=[12, 14], gamma=0.1)]
auto_scale_lr = dict(base_batch_size=16)
