# A pretext task on C3D with batch normalisation; a config names the task and its head.
_base_ = ['./colour.py', './be_augment.py']

model = dict(
    type='PretextRecognizer',
    backbone=dict(type='C3DBN'),
    head=dict(in_channels=512),
    data_preprocessor=dict(
        type='ViewDataPreprocessor', views=dict(query=_base_.basic), **_base_.normalisation
    ),
)
