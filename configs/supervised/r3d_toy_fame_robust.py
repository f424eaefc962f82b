# The same with a mask whose share of the frame follows the clip.
_base_ = './r3d_toy.py'

fame = dict(type='FAMEBlending', num_classes=8, preset='robust')
model = dict(data_preprocessor=dict(blending=fame))
