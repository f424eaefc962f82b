# R3D-18 fine-tuned on Diving48, labels of version 2 (BE, section 4.1 and Table 2): 64 videos on 8
# GPUs. Give load_from.
_base_ = [
    '../_base_/models/recognizer_r3d_18.py',
    '../_base_/pipelines/finetune_224_stride4.py',
    '../_base_/datasets/diving48.py',
    '../_base_/schedules/finetune_be_45e.py',
    '../_base_/default_runtime.py',
]

model = dict(cls_head=dict(num_classes=48, dropout_ratio=0.5))
train_dataloader = dict(batch_size=8, dataset=_base_.diving48_train)
val_dataloader = dict(dataset=_base_.diving48_test)
test_dataloader = dict(dataset=_base_.diving48_test)
