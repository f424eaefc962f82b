# Table 4: the same Gaussian noise on every frame, instead of one of its own.
_base_ = './i3d_ucf101.py'

disturbance = dict(type='GaussianNoiseFrame', gamma=0.3)
model = dict(data_preprocessor=dict(views=dict(key=[*_base_.basic, disturbance])))
