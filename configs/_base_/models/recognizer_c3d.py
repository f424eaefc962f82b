# A classifier on C3D with batch normalisation.
_base_ = './recognizer_i3d.py'

model = dict(backbone=dict(type='C3DBN'), cls_head=dict(in_channels=512))
