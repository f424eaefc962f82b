# As i3d_ucf101.py, as the authors' code does where it differs from the paper.
_base_ = [
    '../_base_/models/be_i3d_released.py',
    '../_base_/pipelines/pretrain_be_224.py',
    '../_base_/datasets/ucf101.py',
    '../_base_/schedules/be_200e_released.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(dataset=_base_.ucf101_train)
