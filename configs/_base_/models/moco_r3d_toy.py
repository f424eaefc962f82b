# MoCo on a small 3D ResNet, MMAction2's own, for videos of 48 pixels on a CPU.
_base_ = './moco_i3d.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='ResNet3d',
        depth=18,
        pretrained=None,
        pretrained2d=False,
        base_channels=16,
        conv1_kernel=(3, 5, 5),
        conv1_stride_t=1,
        pool1_stride_t=1,
        norm_eval=False,
        zero_init_residual=False,
    ),
    neck=dict(in_channels=128, out_channels=64),
    queue_size=512,
)
