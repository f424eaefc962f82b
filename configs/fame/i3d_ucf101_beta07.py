# Table 1: seven tenths of the frame are foreground.
_base_ = './i3d_ucf101.py'

model = dict(
    data_preprocessor=dict(views=dict(query=[dict(type='FAME', beta=0.7), *_base_.colour])),
)
