# BE as in the authors' code where it differs from the paper: the query is disturbed, with one
# lambda for the batch, and the head averages over space and time.
_base_ = './be_i3d.py'

model = dict(
    neck=dict(pool='avg'),
    data_preprocessor=dict(
        views=dict(
            query=[*_base_.basic, dict(type='BackgroundErasing', gamma=0.3, same_lam=True)],
            key=_base_.basic,
        )
    ),
)
