# One clip under what FAME's ablations vary (Tables 1, 3 and 4), side by side and without other
# augmentations: for tools/analysis/show_augment.py, not for training.
_base_ = [
    '../_base_/encoders/r3d_toy.py',
    '../_base_/datasets/toy.py',
    '../_base_/methods/fame.py',
]

model = dict(
    backbone=_base_.encoder,
    neck=dict(in_channels=_base_.channels),
    query_view='original',
    key_view='fame',
    data_preprocessor=dict(
        views=dict(
            _delete_=True,
            original=[],
            fame=[dict(type='FAME')],
            beta_03=[dict(type='FAME', beta=0.3)],
            beta_07=[dict(type='FAME', beta=0.7)],
            gauss=[dict(type='FAME', mask='gauss')],
            seed=[dict(type='FAME', mask='seed')],
            grid=[dict(type='FAME', mask='grid')],
            intra_video=[dict(type='FAME', background='intra')],
            background=[],
        )
    ),
)
same = dict(same_as='original')
views = dict(
    _delete_=True,
    original=dict(),
    fame=same,
    beta_03=same,
    beta_07=same,
    gauss=same,
    seed=same,
    grid=same,
    intra_video=same,
    background=dict(other_than='original', min_gap=1),
)
train_dataloader = dict(
    dataset=dict(
        pipeline=dict(
            sample=dict(views=views, **_base_.clip),
            per_view=dict(crop=None, resize=dict(scale=(64, 64)), flip=None),
        ),
        **_base_.train_set,
    )
)
