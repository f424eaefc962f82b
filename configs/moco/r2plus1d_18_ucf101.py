# MoCo on UCF101 with R(2+1)D-18, 16x112x112: a shorter queue (appendix A.1).
_base_ = [
    '../_base_/models/moco_r2plus1d_18.py',
    '../_base_/pipelines/pretrain_112.py',
    '../_base_/datasets/ucf101.py',
    '../_base_/schedules/pretrain_200e.py',
    '../_base_/default_runtime.py',
]

model = dict(queue_size=2048)
train_dataloader = dict(dataset=_base_.ucf101_train)
