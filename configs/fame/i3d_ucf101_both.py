# Table 1: both views are merged.
_base_ = './i3d_ucf101.py'

model = dict(data_preprocessor=dict(views=dict(key=_base_.merged)))
