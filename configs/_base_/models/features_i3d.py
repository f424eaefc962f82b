# Features of Inception I3D, averaged over space, time and the clips of a video.
_base_ = './recognizer_i3d.py'

model = dict(cls_head=dict(_delete_=True, type='FeatureHead', average_clips='score'))
