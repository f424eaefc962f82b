# A classifier on R3D-34.
_base_ = './recognizer_i3d.py'

model = dict(backbone=dict(type='R3D', depth=34), cls_head=dict(in_channels=512))
