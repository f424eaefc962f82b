# FAME on generated videos whose whole actor moves: the quickstart. MoCo there, and FAME in the
# three lines of ../_base_/methods/fame.py: bases with the same keys cannot be joined.
_base_ = '../moco/r3d_swings.py'

merged = [dict(type='FAME'), *_base_.colour]
model = dict(data_preprocessor=dict(views=dict(query=merged)))
custom_hooks = [*_base_.custom_hooks, dict(type='MaskSheetHook')]
