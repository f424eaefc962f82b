# A classifier on R(2+1)D-18.
_base_ = './recognizer_i3d.py'

model = dict(backbone=dict(type='R2Plus1D'), cls_head=dict(in_channels=512))
