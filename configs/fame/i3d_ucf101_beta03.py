# Table 1: three tenths of the frame are foreground.
_base_ = './i3d_ucf101.py'

fame = dict(type='FAME', beta=0.3)
model = dict(data_preprocessor=dict(views=dict(query=[fame, *_base_.colour])))
