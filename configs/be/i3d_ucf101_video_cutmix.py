# Table 4: a box of another video pasted, frame by frame, instead of one of its own.
_base_ = './i3d_ucf101.py'

disturbance = dict(type='VideoCutMix', gamma=0.3)
model = dict(data_preprocessor=dict(views=dict(key=[*_base_.basic, disturbance])))
