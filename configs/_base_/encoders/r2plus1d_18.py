# R(2+1)D-18 (Tran et al., CVPR 2018), as in torchvision, 112x112.
encoder = dict(type='R2Plus1D')
channels = 512
# Its frames: a random crop resized to train, the middle to test.
resize = dict(scale=(112, 112))
middle = dict(scale=dict(scale=(-1, 128)), centre=dict(crop_size=112))
