# MoCo with FAME (sections 3.2 and 4.2): the query's foreground is pasted on another video's
# background. The work directory shows the masks.
_base_ = './moco.py'

merged = [dict(type='FAME'), *_base_.colour]
model = dict(data_preprocessor=dict(views=dict(query=merged)))
custom_hooks = [*_base_.custom_hooks, dict(type='MaskSheetHook')]
