# The small net fine-tuned on generated videos. Give load_from.
_base_ = [
    '../_base_/models/recognizer_r3d_toy.py',
    '../_base_/pipelines/finetune_toy.py',
    '../_base_/datasets/toy.py',
    '../_base_/schedules/finetune_150e.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(dataset=_base_.toy_train)
val_dataloader = dict(dataset=_base_.toy_test)
test_dataloader = dict(dataset=_base_.toy_test)
train_cfg = dict(max_epochs=10, val_interval=5)
param_scheduler = [dict(type='MultiStepLR', milestones=[6, 9], gamma=0.1)]
auto_scale_lr = dict(base_batch_size=16)  # one process
