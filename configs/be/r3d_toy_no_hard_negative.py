# Eq. 6: videos are told apart, not clips. Nothing but the static frame speaks against the scene.
_base_ = './r3d_toy.py'

disturbed = [*_base_.basic, dict(type='BackgroundErasing', gamma=0.3)]
model = dict(
    negative_view=None,
    data_preprocessor=dict(views=dict(_delete_=True, query=_base_.basic, key=disturbed)),
)
views = dict(_delete_=True, query=dict(), key=dict(same_as='query'))
train_dataloader = dict(dataset=dict(pipeline=dict(sample=dict(views=views))))
