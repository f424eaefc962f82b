# MoCo as in FAME, section 4.2 and appendix A.1, on Inception I3D.
_base_ = './colour.py'

model = dict(
    type='MoCoRecognizer',
    backbone=dict(type='InceptionI3D'),
    neck=dict(type='ProjectionNeck', in_channels=1024, out_channels=128),
    head=dict(type='InfoNCEHead', temperature=0.1),
    queue_size=65536,
    momentum=0.999,
    symmetric=True,
    data_preprocessor=dict(
        type='ViewDataPreprocessor',
        views=dict(query=_base_.colour, key=_base_.colour),
        **_base_.normalisation,
    ),
)
