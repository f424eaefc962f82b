# MoCo with BE on Diving48 with I3D, 16x224x224, 64 videos on 8 GPUs.
_base_ = [
    '../_base_/models/be_i3d.py',
    '../_base_/pipelines/pretrain_be_224.py',
    '../_base_/datasets/diving48.py',
    '../_base_/schedules/be_50e.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(dataset=_base_.diving48_train)
