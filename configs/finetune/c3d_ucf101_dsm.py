# C3D fine-tuned on UCF101, split 1 (DSM, "Fine-tuning Settings"): 128 videos on 8 GPUs.
# Give load_from.
_base_ = [
    '../_base_/models/recognizer_c3d.py',
    '../_base_/pipelines/finetune_112_stride4.py',
    '../_base_/datasets/ucf101.py',
    '../_base_/schedules/finetune_dsm_45e.py',
    '../_base_/default_runtime.py',
]

model = dict(cls_head=dict(dropout_ratio=0.5))
train_dataloader = dict(dataset=_base_.ucf101_train)
val_dataloader = dict(dataset=_base_.ucf101_test)
test_dataloader = dict(dataset=_base_.ucf101_test)
