# Table 3: the background is another time of the same video: a third clip, cropped and mirrored as
# the query is, so that the two backgrounds are "almost the same".
_base_ = './i3d_ucf101.py'

fame = dict(type='FAME', background='intra')
model = dict(data_preprocessor=dict(views=dict(query=[fame, *_base_.colour], background=[])))
steps = dict(
    sample=dict(views=dict(background=dict(other_than='query', min_gap=1))),
    per_view=dict(same_draws=dict(background='query')),
)
train_dataloader = dict(dataset=dict(pipeline=steps))
