# DSM with FAME: the positive's foreground on another video's background, then warped.
_base_ = './i3d_k400.py'

model = dict(
    data_preprocessor=dict(views=dict(positive=[dict(type='FAME'), dict(type='SpatialWarping')]))
)
