# C3D fine-tuned on HMDB51, split 1 (DSM, "Fine-tuning Settings"): 128 videos on 8 GPUs.
# Give load_from.
_base_ = [
    '../_base_/models/recognizer_c3d.py',
    '../_base_/pipelines/finetune_112_stride4.py',
    '../_base_/datasets/hmdb51.py',
    '../_base_/schedules/finetune_dsm_45e.py',
    '../_base_/default_runtime.py',
]

model = dict(cls_head=dict(num_classes=51, dropout_ratio=0.5))
train_dataloader = dict(dataset=_base_.hmdb51_train)
val_dataloader = dict(dataset=_base_.hmdb51_test)
test_dataloader = dict(dataset=_base_.hmdb51_test)
