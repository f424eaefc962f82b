# Features of the small 3D ResNet, averaged over space, time and the clips of a video.
_base_ = './recognizer_r3d_toy.py'

model = dict(cls_head=dict(_delete_=True, type='FeatureHead', average_clips='score'))
