# Retrieval on the generated videos, with the small 3D ResNet (FAME, section 4.2 "Video Retrieval"):
# training videos are the gallery, test videos the queries.
_base_ = [
    '../_base_/models/features_r3d_toy.py',
    '../_base_/pipelines/retrieval_toy.py',
    '../_base_/datasets/toy.py',
    '../_base_/default_runtime.py',
]

test_dataloader = dict(dataset=dict(gallery=_base_.toy_train, query=_base_.toy_test))
