# R3D-34 (Hara et al., CVPR 2018), 224x224.
encoder = dict(type='R3D', depth=34)
channels = 512
# Its frames: a random crop resized to train, the middle to test.
resize = dict(scale=(224, 224))
middle = dict(scale=dict(scale=(-1, 256)), centre=dict(crop_size=224))
