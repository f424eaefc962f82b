# Table 1: both views are merged, seven tenths of the frame are foreground.
_base_ = './i3d_ucf101.py'

fame = [dict(type='FAME', beta=0.7), *_base_.colour]
model = dict(data_preprocessor=dict(views=dict(query=fame, key=fame)))
