# The baseline of r3d_toy.py: DSM's recipe without warp and without a negative of the
# video's own: two crops of a clip. All else is as in r3d_toy.py.
_base_ = './r3d_toy.py'

model = dict(
    negative_view=None,
    data_preprocessor=dict(views=dict(_delete_=True, anchor=_base_.colour, positive=[])),
)
views = dict(_delete_=True, anchor=dict(), positive=dict(same_as='anchor'))
train_dataloader = dict(dataset=dict(pipeline=dict(sample=dict(views=views), disturb=None)))
