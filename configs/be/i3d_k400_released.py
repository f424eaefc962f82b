# As i3d_k400.py, as the authors' code does where it differs from the paper: the query is
# disturbed, with one lambda for the batch, and the head averages over space and time.
_base_ = [
    '../_base_/encoders/i3d.py',
    '../_base_/datasets/k400.py',
    '../_base_/methods/be.py',
]

model = dict(
    backbone=_base_.encoder,
    neck=dict(in_channels=_base_.channels, pool='avg'),
    queue_size=65536,
    data_preprocessor=dict(
        views=dict(
            query=[
                *_base_.basic,
                dict(type='BackgroundErasing', gamma=0.3, same_lam=True),
            ],
            key=_base_.basic,
        )
    ),
)
train_dataloader = dict(
    dataset=dict(pipeline=dict(per_view=dict(resize=_base_.resize)), **_base_.train_set)
)
train_cfg = dict(max_epochs=200)
optim_wrapper = dict(optimizer=dict(lr=0.003))
param_scheduler = [dict(type='MultiStepLR', milestones=[120, 160], gamma=0.1)]
