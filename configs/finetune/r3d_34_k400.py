# R3D-34 fine-tuned on Kinetics-400, by FAME's protocol (appendix A.3): 128 videos on 8 GPUs. Give
# load_from.
_base_ = [
    '../_base_/models/recognizer_r3d_34.py',
    '../_base_/pipelines/finetune_224.py',
    '../_base_/datasets/k400.py',
    '../_base_/schedules/finetune_150e.py',
    '../_base_/default_runtime.py',
]

model = dict(cls_head=dict(num_classes=400, dropout_ratio=0.5))
train_dataloader = dict(dataset=_base_.k400_train)
val_dataloader = dict(dataset=_base_.k400_test)
test_dataloader = dict(dataset=_base_.k400_test)
