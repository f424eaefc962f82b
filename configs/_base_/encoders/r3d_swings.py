# A small 3D ResNet, MMAction2's own, for generated videos of 40x40 in which the whole body moves
# (tools/data/make_toy.py --motions swings): .5 M parameters, clips of 8x32x32.
encoder = dict(
    type='ResNet3d',
    depth=18,
    pretrained=None,
    pretrained2d=False,
    base_channels=8,
    conv1_kernel=(3, 5, 5),
    conv1_stride_t=1,
    pool1_stride_t=1,
    norm_eval=False,
    zero_init_residual=False,
)
channels = 64
clip = dict(clip_len=8, frame_interval=2)
# Smaller crops than these cut the actor off.
crop = dict(area_range=(0.4, 1.0))
# Its frames: a random crop resized to train, the whole frame to test.
resize = dict(scale=(32, 32))
middle = dict(scale=dict(scale=(32, 32), keep_ratio=False), centre=None)
