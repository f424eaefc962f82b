# Retrieval on UCF101, split 1, with C3D (FAME, section 4.2 "Video
# Retrieval"): training videos are the gallery, test videos the queries.
_base_ = [
    '../_base_/models/features_c3d.py',
    '../_base_/pipelines/retrieval_112.py',
    '../_base_/datasets/ucf101.py',
    '../_base_/default_runtime.py',
]

test_dataloader = dict(dataset=dict(gallery=_base_.ucf101_train, query=_base_.ucf101_test))
