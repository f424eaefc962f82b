# MoCo as in FAME, on R(2+1)D-18.
_base_ = './moco_i3d.py'

model = dict(backbone=dict(type='R2Plus1D'), neck=dict(in_channels=512))
