# Table 4: the foreground is what moves most, whatever its colour.
_base_ = './i3d_ucf101.py'

model = dict(
    data_preprocessor=dict(views=dict(query=[dict(type='FAME', mask='seed'), *_base_.colour])),
)
