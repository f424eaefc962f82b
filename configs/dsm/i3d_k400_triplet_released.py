# The triplets of the authors' code: those of the paper, and the same with another video's negative.
_base_ = './i3d_k400_released.py'

model = dict(
    _delete_=True,
    type='TripletRecognizer',
    backbone=_base_.model.backbone,
    neck=_base_.model.neck,
    head=dict(type='TripletHead', margin=0.5, inter_video=True),
    data_preprocessor=_base_.model.data_preprocessor,
)
