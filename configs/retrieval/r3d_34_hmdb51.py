# Retrieval on HMDB51, split 1, with R3D-34 (FAME, section 4.2 "Video
# Retrieval"): training videos are the gallery, test videos the queries.
_base_ = [
    '../_base_/models/features_r3d_34.py',
    '../_base_/pipelines/retrieval_224.py',
    '../_base_/datasets/hmdb51.py',
    '../_base_/default_runtime.py',
]

test_dataloader = dict(dataset=dict(gallery=_base_.hmdb51_train, query=_base_.hmdb51_test))
