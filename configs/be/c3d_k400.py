# MoCo with BE on Kinetics-400 with C3D, 16x112x112, 64 videos on 8 GPUs.
_base_ = [
    '../_base_/models/be_c3d.py',
    '../_base_/pipelines/pretrain_be_112.py',
    '../_base_/datasets/k400.py',
    '../_base_/schedules/be_50e.py',
    '../_base_/default_runtime.py',
]

model = dict(queue_size=65536)
train_dataloader = dict(dataset=_base_.k400_train)
