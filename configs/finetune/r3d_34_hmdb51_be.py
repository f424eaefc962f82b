# R3D-34 fine-tuned on HMDB51, split 1 (BE, section 4.1): 64 videos on 8 GPUs.
# Give load_from.
_base_ = [
    '../_base_/models/recognizer_r3d_34.py',
    '../_base_/pipelines/finetune_224_stride4.py',
    '../_base_/datasets/hmdb51.py',
    '../_base_/schedules/finetune_be_45e.py',
    '../_base_/default_runtime.py',
]

model = dict(cls_head=dict(num_classes=51, dropout_ratio=0.5))
train_dataloader = dict(batch_size=8, dataset=_base_.hmdb51_train)
val_dataloader = dict(dataset=_base_.hmdb51_test)
test_dataloader = dict(dataset=_base_.hmdb51_test)
