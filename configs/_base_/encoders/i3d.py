# Inception I3D (Carreira and Zisserman, CVPR 2017), 224x224.
encoder = dict(type='InceptionI3D')
channels = 1024
# Its frames: a random crop resized to train, the middle to test.
resize = dict(scale=(224, 224))
middle = dict(scale=dict(scale=(-1, 256)), centre=dict(crop_size=224))
