# FAME as in the authors' code where it differs from the paper: the learning rate follows a cosine,
# a clip may be merged with its own background, and the second direction of the loss finds the keys
# of the first in the queue. Their blur has one strength a process: the README says how to have it.
_base_ = './i3d_k400.py'

fame = dict(type='FAME', shuffle='permutation')
model = dict(
    enqueue_between=True,
    data_preprocessor=dict(views=dict(query=[fame, *_base_.colour])),
)
param_scheduler = [dict(type='CosineAnnealingLR', T_max=200)]
