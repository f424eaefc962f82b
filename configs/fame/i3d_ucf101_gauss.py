# Table 4: the foreground is the middle of the frame.
_base_ = './i3d_ucf101.py'

fame = dict(type='FAME', mask='gauss')
model = dict(data_preprocessor=dict(views=dict(query=[fame, *_base_.colour])))
