# Table 1: both views are merged.
_base_ = './i3d_ucf101.py'

fame = [dict(type='FAME'), *_base_.colour]
model = dict(data_preprocessor=dict(views=dict(query=fame, key=fame)))
