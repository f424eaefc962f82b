# I3D fine-tuned on Diving48, labels of version 2 (FAME, Table 2, appendix A.3): 128 videos on 8
# GPUs. Give load_from.
_base_ = [
    '../_base_/models/recognizer_i3d.py',
    '../_base_/pipelines/finetune_224.py',
    '../_base_/datasets/diving48.py',
    '../_base_/schedules/finetune_150e.py',
    '../_base_/default_runtime.py',
]

model = dict(cls_head=dict(num_classes=48, dropout_ratio=0.5))
train_dataloader = dict(dataset=_base_.diving48_train)
val_dataloader = dict(dataset=_base_.diving48_test)
test_dataloader = dict(dataset=_base_.diving48_test)
