# Linear probe of R3D-34 on Kinetics-400 (FAME, appendix A.3): 128 videos on 8 GPUs. Give
# load_from.
_base_ = [
    '../_base_/models/linear_r3d_34.py',
    '../_base_/pipelines/finetune_224.py',
    '../_base_/datasets/k400.py',
    '../_base_/schedules/linear_100e.py',
    '../_base_/default_runtime.py',
]

model = dict(cls_head=dict(num_classes=400))
train_dataloader = dict(dataset=_base_.k400_train)
val_dataloader = dict(dataset=_base_.k400_test)
test_dataloader = dict(dataset=_base_.k400_test)
