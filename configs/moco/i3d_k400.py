# MoCo on Kinetics-400, the baseline of FAME: I3D, 16x224x224, 64 videos on 8 GPUs.
_base_ = [
    '../_base_/models/moco_i3d.py',
    '../_base_/pipelines/pretrain_224.py',
    '../_base_/datasets/k400.py',
    '../_base_/schedules/pretrain_200e.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(dataset=_base_.k400_train)
