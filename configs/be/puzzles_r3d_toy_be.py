# As puzzles_r3d_toy.py, with BE's consistency between the clip and a disturbed one (Eq. 5).
_base_ = './puzzles_r3d_toy.py'

model = dict(
    disturbed_view='disturbed',
    # With the paper's 1, so small a net makes all responses alike before it has learned any order.
    consistency_weight=0.01,
    data_preprocessor=dict(
        views=dict(disturbed=[*_base_.basic, dict(type='BackgroundErasing', gamma=0.3)])
    ),
)
views = dict(query=dict(), disturbed=dict(same_as='query'))
train_pipeline = [
    _base_.train_pipeline[0],
    dict(_base_.train_pipeline[1], views=views),
    *_base_.train_pipeline[2:],
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
