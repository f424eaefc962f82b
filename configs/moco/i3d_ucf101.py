# MoCo on UCF101, the baseline of FAME's ablations: a shorter queue (appendix A.1).
_base_ = [
    '../_base_/models/moco_i3d.py',
    '../_base_/pipelines/pretrain_224.py',
    '../_base_/datasets/ucf101.py',
    '../_base_/schedules/pretrain_200e.py',
    '../_base_/default_runtime.py',
]

model = dict(queue_size=2048)
train_dataloader = dict(dataset=_base_.ucf101_train)
