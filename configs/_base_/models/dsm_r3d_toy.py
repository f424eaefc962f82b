# DSM on a small 3D ResNet. A schedule of some hundred steps wants a sharper loss and a shorter
# queue; on one process, groups stand in for the ranks of shuffle-BN.
_base_ = ['./dsm_i3d.py', './r3d_toy.py']

model = dict(
    backbone=dict(_delete_=True, **_base_.r3d_toy),
    neck=dict(in_channels=128, out_channels=64),
    head=dict(temperature=0.2),
    queue_size=256,
    bn_groups=2,
)
