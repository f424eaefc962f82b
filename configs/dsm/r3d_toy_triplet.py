# DSM's triplets (Eq. 5) in place of contrastive learning: no queue, no second encoder.
_base_ = './r3d_toy.py'

model = dict(
    _delete_=True,
    type='TripletRecognizer',
    backbone=_base_.model.backbone,
    neck=_base_.model.neck,
    head=dict(type='TripletHead', margin=0.5),
    data_preprocessor=_base_.model.data_preprocessor,
)
