# DSM's contrastive learning (Eq. 7) on Inception I3D: anchor b(c1), positive s(c2), negative t(c3).
# The paper does not say what its basic augmentation b is: FAME's photometric ones here.
_base_ = './colour.py'

model = dict(
    type='MoCoRecognizer',
    backbone=dict(type='InceptionI3D'),
    neck=dict(type='ProjectionNeck', in_channels=1024, out_channels=128, num_layers=1),
    head=dict(type='InfoNCEHead', temperature=1.0),
    queue_size=6536,
    momentum=0.99,
    symmetric=False,
    query_view='anchor',
    key_view='positive',
    negative_view='negative',
    queue_view='anchor',
    data_preprocessor=dict(
        type='ViewDataPreprocessor',
        # The pipeline has disturbed the negative's motion already.
        views=dict(anchor=_base_.colour, positive=[dict(type='SpatialWarping')], negative=[]),
        **_base_.normalisation,
    ),
)
