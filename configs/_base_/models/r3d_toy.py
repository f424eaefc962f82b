# A small 3D ResNet, MMAction2's own: 2.1 M parameters, 128 channels.
r3d_toy = dict(
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
)
