# C3D fine-tuned on UCF101, split 1, by FAME's protocol (appendix A.3): 128 videos on 8 GPUs.
# Give load_from.
_base_ = [
    '../_base_/models/recognizer_c3d.py',
    '../_base_/pipelines/finetune_112.py',
    '../_base_/datasets/ucf101.py',
    '../_base_/schedules/finetune_150e.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(dataset=_base_.ucf101_train)
val_dataloader = dict(dataset=_base_.ucf101_test)
test_dataloader = dict(dataset=_base_.ucf101_test)
