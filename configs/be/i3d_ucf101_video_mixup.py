# Table 4: another video mixed in, frame by frame, instead of one of its own.
_base_ = './i3d_ucf101.py'

disturbance = dict(type='VideoMixup', gamma=0.3)
model = dict(data_preprocessor=dict(views=dict(key=[*_base_.basic, disturbance])))
