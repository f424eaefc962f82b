# FAME on Kinetics-400 with I3D: the setting of the paper (section 4.2).
_base_ = '../moco/i3d_k400.py'

model = dict(
    data_preprocessor=dict(views=dict(query=[dict(type='FAME'), *_base_.colour])),
)
custom_hooks = [*_base_.custom_hooks, dict(type='MaskSheetHook')]
