# A small 3D ResNet, MMAction2's own, for generated videos: 2.1 M parameters, 8x48x48.
encoder = dict(
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
channels = 128
clip = dict(clip_len=8, frame_interval=2)
# Smaller crops than these cut the actor off.
crop = dict(area_range=(0.4, 1.0))
# Its frames: a random crop resized to train, the whole frame to test.
resize = dict(scale=(48, 48))
middle = dict(scale=dict(scale=(48, 48), keep_ratio=False), centre=None)
