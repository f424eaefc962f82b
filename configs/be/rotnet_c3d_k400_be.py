# As rotnet_c3d_k400.py, with BE's consistency between the clip and a disturbed one (Eq. 5).
_base_ = [
    '../_base_/encoders/c3d.py',
    '../_base_/datasets/k400.py',
    '../_base_/methods/pretext.py',
]

model = dict(
    backbone=_base_.encoder,
    task=dict(type='Rotation'),
    head=dict(type='PretextHead', in_channels=_base_.channels),
    disturbed_view='disturbed',
    data_preprocessor=dict(views=dict(disturbed=_base_.disturbed)),
)
views = dict(disturbed=dict(same_as='query'))
train_dataloader = dict(
    dataset=dict(
        pipeline=dict(sample=dict(views=views), per_view=dict(resize=_base_.resize)),
        **_base_.train_set,
    )
)
