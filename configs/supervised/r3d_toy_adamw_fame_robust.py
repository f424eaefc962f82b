# The same with foregrounds pasted on other videos' backgrounds, see r3d_toy_fame_robust.py.
_base_ = './r3d_toy_adamw.py'

fame = dict(type='FAMEBlending', num_classes=8, preset='robust')
model = dict(data_preprocessor=dict(blending=fame))
