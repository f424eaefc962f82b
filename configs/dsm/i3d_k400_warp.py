# Table 4, "S-warping, -": the positive is warped, there is no negative of the video's own (Eq. 6).
_base_ = './i3d_k400_baseline.py'

model = dict(
    queue_view='anchor', data_preprocessor=dict(views=dict(positive=[dict(type='SpatialWarping')]))
)
