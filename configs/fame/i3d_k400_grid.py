# Table 4: the foreground is the eight of 4x4 cells that move most.
_base_ = './i3d_k400.py'

model = dict(
    data_preprocessor=dict(views=dict(query=[dict(type='FAME', mask='grid'), *_base_.colour])),
)
