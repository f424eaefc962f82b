# Table 4, "S-warping, T-Shift": the negative is shifted in time, its flow is not scaled.
_base_ = './i3d_k400.py'

train_pipeline = [
    *_base_.train_pipeline[:3],
    dict(type='PerView', transforms=_base_.crops),
    *_base_.train_pipeline[4:],
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
