# Features of R3D-34, averaged over space, time and the clips of a video.
_base_ = './recognizer_r3d_34.py'

model = dict(cls_head=dict(_delete_=True, type='FeatureHead', average_clips='score'))
