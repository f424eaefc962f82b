# FAME on UCF101 with I3D: the setting of the paper's ablations (section 4.3).
_base_ = '../moco/i3d_ucf101.py'

model = dict(
    data_preprocessor=dict(views=dict(query=[dict(type='FAME'), *_base_.colour])),
)
custom_hooks = [*_base_.custom_hooks, dict(type='MaskSheetHook')]
