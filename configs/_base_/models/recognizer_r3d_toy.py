# A classifier on a small 3D ResNet.
_base_ = ['./recognizer_i3d.py', './r3d_toy.py']

model = dict(
    backbone=dict(_delete_=True, **_base_.r3d_toy),
    cls_head=dict(num_classes=8, in_channels=128, dropout_ratio=0.2),
)
