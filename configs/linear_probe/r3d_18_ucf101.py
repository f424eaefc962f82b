# Linear probe of R3D-18 on UCF101, split 1 (FAME, appendix A.3): 128 videos on 8 GPUs.
# Give load_from.
_base_ = [
    '../_base_/models/linear_r3d_18.py',
    '../_base_/pipelines/finetune_112.py',
    '../_base_/datasets/ucf101.py',
    '../_base_/schedules/linear_100e.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(dataset=_base_.ucf101_train)
val_dataloader = dict(dataset=_base_.ucf101_test)
test_dataloader = dict(dataset=_base_.ucf101_test)
