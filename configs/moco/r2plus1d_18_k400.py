# MoCo on Kinetics-400 with R(2+1)D-18, 16x112x112.
_base_ = [
    '../_base_/models/moco_r2plus1d_18.py',
    '../_base_/pipelines/pretrain_112.py',
    '../_base_/datasets/k400.py',
    '../_base_/schedules/pretrain_200e.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(dataset=_base_.k400_train)
