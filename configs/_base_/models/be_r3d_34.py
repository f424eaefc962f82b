# MoCo with BE on R3D-34.
_base_ = './be_i3d.py'

model = dict(backbone=dict(type='R3D', depth=34), neck=dict(in_channels=512))
