# MoCo with BE on a small 3D ResNet, with what moco_r3d_toy.py changes for short schedules.
_base_ = ['./be_i3d.py', './r3d_toy.py']

model = dict(
    backbone=dict(_delete_=True, **_base_.r3d_toy),
    neck=dict(in_channels=128, out_channels=64),
    head=dict(temperature=0.2),
    queue_size=256,
    momentum=0.996,
    bn_groups=2,
)
