# A classifier on Inception I3D, fine-tuned with FAME's augmentations (appendix A.2).
_base_ = './colour.py'

model = dict(
    type='Recognizer3D',
    backbone=dict(type='InceptionI3D'),
    cls_head=dict(
        type='I3DHead', num_classes=101, in_channels=1024, dropout_ratio=0.7, average_clips='prob'
    ),
    data_preprocessor=dict(
        type='ClipDataPreprocessor', augments=_base_.colour, **_base_.normalisation
    ),
)
