# Table 4, baseline: no disturbance; MoCo with BE's views and hard negative.
_base_ = './i3d_ucf101.py'

model = dict(data_preprocessor=dict(views=dict(key=_base_.basic)))
