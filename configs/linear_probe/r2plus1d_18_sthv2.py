# Linear probe of R(2+1)D-18 on Something-Something V2 (FAME, appendix A.3): 128 videos on 8 GPUs.
# Nothing is mirrored: classes tell left from right. Give load_from.
_base_ = [
    '../_base_/models/linear_r2plus1d_18.py',
    '../_base_/pipelines/finetune_112_no_flip.py',
    '../_base_/datasets/sthv2.py',
    '../_base_/schedules/linear_100e.py',
    '../_base_/default_runtime.py',
]

model = dict(cls_head=dict(num_classes=174))
train_dataloader = dict(dataset=_base_.sthv2_train)
val_dataloader = dict(dataset=_base_.sthv2_test)
test_dataloader = dict(dataset=_base_.sthv2_test)
