# MoCo with BE on Kinetics-400 with R3D-34, 16x224x224, 64 videos on 8 GPUs.
_base_ = [
    '../_base_/models/be_r3d_34.py',
    '../_base_/pipelines/pretrain_be_224.py',
    '../_base_/datasets/k400.py',
    '../_base_/schedules/be_50e.py',
    '../_base_/default_runtime.py',
]

model = dict(queue_size=65536)
train_dataloader = dict(dataset=_base_.k400_train)
