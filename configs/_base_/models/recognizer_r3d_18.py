# A classifier on R3D-18.
_base_ = './recognizer_i3d.py'

model = dict(backbone=dict(type='R3D', depth=18), cls_head=dict(in_channels=512))
