# The baseline of r3d_toy.py: BE's recipe without its disturbance.
_base_ = './r3d_toy.py'

model = dict(data_preprocessor=dict(views=dict(key=_base_.basic)))
