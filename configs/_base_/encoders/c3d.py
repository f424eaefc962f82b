# C3D with batch normalisation (Tran et al., ICCV 2015), 112x112.
encoder = dict(type='C3DBN')
channels = 512
# Its frames: a random crop resized to train, the middle to test.
resize = dict(scale=(112, 112))
middle = dict(scale=dict(scale=(-1, 128)), centre=dict(crop_size=112))
