# r3d_toy.py with half of the channels, .5 M parameters, and clips of 8x32x32: for generated videos
# of 40x40 in which the whole body moves (tools/data/make_toy.py --motions swings).
_base_ = './r3d_toy.py'

encoder = dict(base_channels=8)
channels = 64
resize = dict(scale=(32, 32))
middle = dict(scale=dict(scale=(32, 32)))
