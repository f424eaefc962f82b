# Retrieval of videos on UCF101, split 1, with R(2+1)D-18 (FAME, Table 6).
_base_ = [
    '../_base_/encoders/r2plus1d_18.py',
    '../_base_/datasets/ucf101.py',
    '../_base_/protocols/retrieval.py',
]

model = dict(backbone=_base_.encoder)
sides = dict(gallery=_base_.train_set, query=_base_.test_set)
test_dataloader = dict(dataset=dict(pipeline=_base_.middle, **sides))
