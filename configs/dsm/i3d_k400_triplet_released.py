# The triplets of the authors' code: those of the paper, and the same with another video's negative;
# clips as in i3d_k400_released.py.
_base_ = [
    '../_base_/encoders/i3d.py',
    '../_base_/datasets/k400.py',
    '../_base_/methods/dsm_released.py',
]

model = dict(
    _delete_=True,
    type='TripletRecognizer',
    backbone=_base_.encoder,
    neck=dict(_base_.model.neck, in_channels=_base_.channels),
    head=dict(type='TripletHead', margin=0.5, inter_video=True),
    data_preprocessor=_base_.model.data_preprocessor,
)
train_dataloader = dict(dataset=_base_.train_set)
