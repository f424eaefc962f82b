# FAME as in the authors' code where it differs from the paper: the learning rate follows a cosine,
# and a clip may be merged with its own background.
_base_ = './i3d_k400.py'

fame = dict(type='FAME', shuffle='permutation')
model = dict(data_preprocessor=dict(views=dict(query=[fame, *_base_.colour])))
param_scheduler = [dict(type='CosineAnnealingLR', T_max=200)]
