# DSM with FAME on generated videos, with a small net.
_base_ = './r3d_toy.py'

model = dict(
    data_preprocessor=dict(views=dict(positive=[dict(type='FAME'), dict(type='SpatialWarping')]))
)
