# FAME as in the authors' code where it differs from the paper: the learning rate follows a cosine,
# a clip may be merged with its own background, the second direction of the loss finds the keys of
# the first in the queue, and the blur has one strength a process.
_base_ = './i3d_k400.py'

fame = dict(type='FAME', shuffle='permutation')
colour = [dict(step, sigma_once=True) for step in _base_.colour]
model = dict(
    enqueue_between=True,
    data_preprocessor=dict(views=dict(query=[fame, *colour], key=colour)),
)
param_scheduler = [dict(type='CosineAnnealingLR', T_max=200)]
