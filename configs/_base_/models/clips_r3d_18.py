# Features of R3D-18, max-pooled to C x 2 x 7 x 7, one a clip; 16 clips at a time.
_base_ = './recognizer_r3d_18.py'

model = dict(
    cls_head=dict(_delete_=True, type='ClipFeatureHead'), test_cfg=dict(max_testing_views=16)
)
