# The baseline of r3d_toy_no_hard_negative.py: MoCo of two augmentations of the same frames.
_base_ = './r3d_toy_no_hard_negative.py'

model = dict(data_preprocessor=dict(views=dict(key=_base_.basic)))
