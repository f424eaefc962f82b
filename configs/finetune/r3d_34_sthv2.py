# R3D-34 fine-tuned on Something-Something V2, by FAME's protocol (appendix A.3): 128 videos on 8
# GPUs. Nothing is mirrored: classes tell left from right. Give load_from.
_base_ = [
    '../_base_/models/recognizer_r3d_34.py',
    '../_base_/pipelines/finetune_224_no_flip.py',
    '../_base_/datasets/sthv2.py',
    '../_base_/schedules/finetune_150e.py',
    '../_base_/default_runtime.py',
]

model = dict(cls_head=dict(num_classes=174, dropout_ratio=0.5))
train_dataloader = dict(dataset=_base_.sthv2_train)
val_dataloader = dict(dataset=_base_.sthv2_test)
test_dataloader = dict(dataset=_base_.sthv2_test)
