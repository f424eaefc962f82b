# FAME on UCF101 with R(2+1)D-18, 16x112x112.
_base_ = '../moco/r2plus1d_18_ucf101.py'

model = dict(
    data_preprocessor=dict(views=dict(query=[dict(type='FAME'), *_base_.colour])),
)
custom_hooks = [*_base_.custom_hooks, dict(type='MaskSheetHook')]
