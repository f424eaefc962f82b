# Linear probe of Inception I3D on generated videos (FAME, appendix A.3).
# Give load_from.
_base_ = [
    '../_base_/models/linear_i3d.py',
    '../_base_/pipelines/finetune_toy.py',
    '../_base_/datasets/toy.py',
    '../_base_/schedules/linear_100e.py',
    '../_base_/default_runtime.py',
]

model = dict(cls_head=dict(num_classes=8))
train_dataloader = dict(dataset=_base_.toy_train)
val_dataloader = dict(dataset=_base_.toy_test)
test_dataloader = dict(dataset=_base_.toy_test)
auto_scale_lr = dict(base_batch_size=16)  # one process
