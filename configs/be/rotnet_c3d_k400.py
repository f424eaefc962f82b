# 3D RotNet on Kinetics-400 with C3D, 16x112x112: which way up is the clip?
_base_ = [
    '../_base_/models/pretext_c3d.py',
    '../_base_/pipelines/pretext_112.py',
    '../_base_/datasets/k400.py',
    '../_base_/schedules/be_50e.py',
    '../_base_/default_runtime.py',
]

model = dict(
    task=dict(type='Rotation'),
    head=dict(type='PretextHead'),
)
train_dataloader = dict(dataset=_base_.k400_train)
