# Linear probe of R3D-34 on Diving48, labels of version 2 (FAME, appendix A.3): 128 videos on 8
# GPUs. Give load_from.
_base_ = [
    '../_base_/models/linear_r3d_34.py',
    '../_base_/pipelines/finetune_224.py',
    '../_base_/datasets/diving48.py',
    '../_base_/schedules/linear_100e.py',
    '../_base_/default_runtime.py',
]

model = dict(cls_head=dict(num_classes=48))
train_dataloader = dict(dataset=_base_.diving48_train)
val_dataloader = dict(dataset=_base_.diving48_test)
test_dataloader = dict(dataset=_base_.diving48_test)
