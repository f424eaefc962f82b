# MoCo with BE on C3D with batch normalisation.
_base_ = './be_i3d.py'

model = dict(backbone=dict(type='C3DBN'), neck=dict(in_channels=512))
