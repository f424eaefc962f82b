# Retrieval on Diving48 with R3D-34 (FAME, section 4.2 "Video Retrieval"): training videos are the
# gallery, those of the test list the queries.
_base_ = [
    '../_base_/models/features_r3d_34.py',
    '../_base_/pipelines/retrieval_224.py',
    '../_base_/datasets/diving48.py',
    '../_base_/default_runtime.py',
]

test_dataloader = dict(dataset=dict(gallery=_base_.diving48_train, query=_base_.diving48_test))
