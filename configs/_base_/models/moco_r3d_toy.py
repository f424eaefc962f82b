# MoCo on a small 3D ResNet.
_base_ = ['./moco_i3d.py', './r3d_toy.py']

model = dict(
    backbone=dict(_delete_=True, **_base_.r3d_toy),
    neck=dict(in_channels=128, out_channels=64),
    queue_size=512,
)
