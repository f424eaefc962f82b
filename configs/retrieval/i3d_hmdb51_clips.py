# Retrieval of clips on HMDB51, split 1, with I3D (BE, Table 3).
_base_ = [
    '../_base_/encoders/i3d.py',
    '../_base_/datasets/hmdb51.py',
    '../_base_/protocols/clip_retrieval.py',
]

model = dict(backbone=_base_.encoder)
sides = dict(gallery=_base_.train_set, query=_base_.test_set)
test_dataloader = dict(dataset=dict(pipeline=_base_.middle, **sides))
