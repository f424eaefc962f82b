# Table 4: the foreground is the eight of 4x4 cells that move most.
_base_ = './i3d_ucf101.py'

fame = dict(type='FAME', mask='grid')
model = dict(data_preprocessor=dict(views=dict(query=[fame, *_base_.colour])))
