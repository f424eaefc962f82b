# Table 4: the foreground is the middle of the frame.
_base_ = './i3d_ucf101.py'

model = dict(
    data_preprocessor=dict(views=dict(query=[dict(type='FAME', mask='gauss'), *_base_.colour])),
)
