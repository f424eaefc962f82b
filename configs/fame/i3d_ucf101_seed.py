# Table 4: the foreground is what moves most, whatever its colour.
_base_ = './i3d_ucf101.py'

fame = dict(type='FAME', mask='seed')
model = dict(data_preprocessor=dict(views=dict(query=[fame, *_base_.colour])))
