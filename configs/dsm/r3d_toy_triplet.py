# DSM's triplets (Eq. 5) on generated videos with a small net.
_base_ = './r3d_toy.py'

model = dict(
    _delete_=True,
    type='TripletRecognizer',
    backbone=_base_.model.backbone,
    neck=_base_.model.neck,
    head=dict(type='TripletHead', margin=0.5),
    data_preprocessor=_base_.model.data_preprocessor,
)
