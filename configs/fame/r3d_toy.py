# FAME on generated videos with a small net: the quickstart.
_base_ = '../moco/r3d_toy.py'

model = dict(data_preprocessor=dict(views=dict(query=[dict(type='FAME'), *_base_.colour])))
custom_hooks = [*_base_.custom_hooks, dict(type='MaskSheetHook')]
