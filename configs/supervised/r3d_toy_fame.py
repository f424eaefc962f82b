# The same with foregrounds pasted on other videos' backgrounds; the foreground keeps its label.
_base_ = './r3d_toy.py'

model = dict(data_preprocessor=dict(blending=dict(type='FAMEBlending', num_classes=8)))
