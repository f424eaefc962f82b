# R3D-34 fine-tuned on all of Kinetics-400 (DSM, "Fine-tuning Settings"), where the low-shot curve
# ends: 128 videos on 8 GPUs. Give load_from.
_base_ = [
    '../_base_/models/recognizer_r3d_34.py',
    '../_base_/pipelines/finetune_224_stride4.py',
    '../_base_/datasets/k400.py',
    '../_base_/schedules/finetune_dsm_45e.py',
    '../_base_/default_runtime.py',
]

model = dict(cls_head=dict(num_classes=400, dropout_ratio=0.5))
train_dataloader = dict(dataset=_base_.k400_train)
val_dataloader = dict(dataset=_base_.k400_test)
test_dataloader = dict(dataset=_base_.k400_test)
