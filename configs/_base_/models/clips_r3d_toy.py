# Features of the small 3D ResNet, max-pooled to C x 2 x 7 x 7, one a clip; 16 clips at a time.
_base_ = './recognizer_r3d_toy.py'

model = dict(
    cls_head=dict(_delete_=True, type='ClipFeatureHead'), test_cfg=dict(max_testing_views=16)
)
