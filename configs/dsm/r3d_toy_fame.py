# DSM with FAME on generated videos, with a small net.
_base_ = './r3d_toy.py'

merged = [dict(type='FAME'), dict(type='SpatialWarping')]
model = dict(data_preprocessor=dict(views=dict(positive=merged)))
