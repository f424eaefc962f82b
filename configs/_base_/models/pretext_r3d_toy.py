# A pretext task on a small 3D ResNet.
_base_ = ['./pretext_c3d.py', './r3d_toy.py']

model = dict(backbone=dict(_delete_=True, **_base_.r3d_toy), head=dict(in_channels=128))
