# DSM's triplets (Eq. 5) on Kinetics-400 with R3D-34 (Table 1) in place of contrastive
# learning: no queue, no second encoder.
_base_ = [
    '../_base_/encoders/r3d_34.py',
    '../_base_/datasets/k400.py',
    '../_base_/methods/dsm.py',
]

model = dict(
    _delete_=True,
    type='TripletRecognizer',
    backbone=_base_.encoder,
    neck=dict(_base_.model.neck, in_channels=_base_.channels),
    head=dict(type='TripletHead', margin=0.5),
    data_preprocessor=_base_.model.data_preprocessor,
)
train_dataloader = dict(
    dataset=dict(pipeline=dict(per_view=dict(resize=_base_.resize)), **_base_.train_set)
)
