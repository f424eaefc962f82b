# FAME on Kinetics-400 with R(2+1)D-18, 16x112x112 (section 4.2).
_base_ = '../moco/r2plus1d_18_k400.py'

model = dict(
    data_preprocessor=dict(views=dict(query=[dict(type='FAME'), *_base_.colour])),
)
custom_hooks = [*_base_.custom_hooks, dict(type='MaskSheetHook')]
