# Table 3: the background is another time of the same video, a third clip of it.
_base_ = './i3d_ucf101.py'

fame = dict(type='FAME', background='intra')
model = dict(data_preprocessor=dict(views=dict(query=[fame, *_base_.colour], background=[])))
views = dict(background=dict())
train_dataloader = dict(dataset=dict(pipeline=dict(sample=dict(views=views))))
