# Retrieval of generated videos with the small 3D ResNet.
_base_ = [
    '../_base_/encoders/r3d_toy.py',
    '../_base_/datasets/toy.py',
    '../_base_/protocols/retrieval.py',
]

model = dict(backbone=_base_.encoder)
sides = dict(gallery=_base_.train_set, query=_base_.test_set)
test_dataloader = dict(
    batch_size=8,
    num_workers=2,
    dataset=dict(pipeline=dict(sample=_base_.clip, **_base_.middle), **sides),
)
