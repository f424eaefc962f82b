# Features of C3D with batch normalisation, averaged over space, time and the clips of a video.
_base_ = './recognizer_c3d.py'

model = dict(cls_head=dict(_delete_=True, type='FeatureHead', average_clips='score'))
